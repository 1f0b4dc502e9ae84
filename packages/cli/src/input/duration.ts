import { UsageError } from "../usage-error.ts";

const secondsIn: ReadonlyMap<string | undefined, number> = new Map([
  ["s", 1],
  ["m", 60],
  ["h", 3600],
  ["d", 86_400],
]);

/**
 * Seconds, of a text such as `90s`, `15m`, `24h` or `7d`.
 *
 * @throws UsageError naming the forms there are.
 */
export function parseDuration(text: string): number {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  if (match === null)
    throw new UsageError(`${JSON.stringify(text)} is no duration. Give one such as 90s, 15m, 24h or 7d.`);
  return Number(match[1]) * (secondsIn.get(match[2]) ?? 0);
}

export const graceFlag = {
  kind: "parsed",
  parse: parseDuration,
  optional: true,
  placeholder: "duration",
  brief: "How long after its end a record may still come. Default: 1h",
} as const;
