import { MeteringError } from "./errors.ts";
import { selfIdProblem } from "./metering-key.ts";
import { shorten } from "./storage-key.ts";

const separator = "__";
// 7 digits in base 36 are seconds until the year 4453; 8 random digits are 41 bits.
const timeDigits = 7;
const randomDigits = 8;
const runPattern = /__[0-9a-z]{15}$/;

/**
 * Makes a self id that no other run uses: the component's name, `__`, and 15 digits of start time and randomness. A
 * restarted process gets another self id, so it never meets the records of the run before it, even in the same minute.
 *
 * Call it once per process and keep the result. Characters that no self id may hold, such as the `-` of a pod's host
 * name, become `_`.
 *
 * @param component Name of the component, such as a host name: `gw-7f9c-x1` becomes `gw_7f9c_x1__0t5rxmkq3v9z2ab`.
 * @throws `invalid-argument` if nothing of the name can be used, or it is longer than 200 bytes.
 *
 * @example
 * ```ts
 * const selfId = newSelfId("gateway-7f9c");
 * console.log(componentOf(selfId)); // gateway_7f9c
 * ```
 */
export function newSelfId(component: string): string {
  const name = component.replaceAll(/[-/\\:*?"<>|\u0000-\u001f\u007f]/g, "_");
  const selfId = `${name}${separator}${runId()}`;
  const problem = /^[_.]*$/.test(name) ? "has no letter or digit" : selfIdProblem(selfId);
  if (problem === undefined) return selfId;
  throw new MeteringError(
    "invalid-argument",
    `No self id can be made of the component ${shorten(component)}: it ${problem}. Use the name of the host or pod.`,
  );
}

/** The component of a self id made by {@link newSelfId}; any other self id is its own component. */
export function componentOf(selfId: string): string {
  return selfId.replace(runPattern, "");
}

function runId(): string {
  const seconds = Math.floor(Date.now() / 1000);
  const random = crypto.getRandomValues(new BigUint64Array(1))[0] ?? 0n;
  const space = 36n ** BigInt(randomDigits);
  return (
    seconds.toString(36).padStart(timeDigits, "0").slice(-timeDigits) +
    (random % space).toString(36).padStart(randomDigits, "0")
  );
}
