import { inspect } from "node:util";
import { isMeteringError, type MeteringError, type MeteringErrorCode } from "@metering/core";
import { expect } from "vitest";

/**
 * What the call rejects with; fails where it resolves, or throws instead of returning a promise.
 *
 * @param expected For the message.
 */
export async function rejectionOf(call: () => Promise<unknown>, expected = "an error"): Promise<unknown> {
  const promise = call();
  let result: unknown;
  try {
    result = await promise;
  } catch (error) {
    return error;
  }
  return expect.fail(`expected the call to reject with ${expected}, but it resolved with ${shown(result)}`);
}

/** Short enough for a message. */
const shown = (value: unknown): string => inspect(value, { maxArrayLength: 10, breakLength: Infinity }).slice(0, 300);

/** Fails where the call resolves, or rejects with anything but this value. */
export async function expectReason(call: () => Promise<unknown>, reason: unknown): Promise<void> {
  const error = await rejectionOf(call, `the signal's reason, ${String(reason)}`);
  expect(
    error === reason,
    `whether it is the signal's reason that the call rejected with; it was ${shown(error)}`,
  ).toBe(true);
}

/** Fails unless the call rejects with a `MeteringError` of this code. */
export async function expectCode(call: () => Promise<unknown>, code: MeteringErrorCode): Promise<MeteringError> {
  const error = await rejectionOf(call, code);
  if (!isMeteringError(error)) {
    return expect.fail(`expected a MeteringError with code "${code}", got ${String(error)}`);
  }
  expect(error.code, `the code of the error "${error.message}"`).toBe(code);
  return error;
}
