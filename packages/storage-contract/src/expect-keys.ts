import { expect } from "vitest";

const some = (keys: readonly string[]): string => {
  const first = keys.slice(0, 5).map((key) => JSON.stringify(key));
  return first.join(", ") + (keys.length > first.length ? ` and ${keys.length - first.length} more` : "");
};

/** Fails unless a listing gave these keys in this order, and says what is missing, too much or out of order. */
export function expectKeys(listed: readonly string[], expected: readonly string[]): void {
  const at = listed.findIndex((key, i) => key !== expected[i]);
  if (at < 0 && listed.length === expected.length) return;
  const [given, wanted] = [new Set(listed), new Set(expected)];
  const missing = expected.filter((key) => !given.has(key));
  const extra = listed.filter((key) => !wanted.has(key));
  const twice = listed.filter((key, i) => wanted.has(key) && listed.indexOf(key) !== i);
  const problems = [
    ...(missing.length > 0 ? [`it lacks ${some(missing)}`] : []),
    ...(extra.length > 0 ? [`it should not yield ${some(extra)}`] : []),
    ...(twice.length > 0 ? [`it yields more than once ${some(twice)}`] : []),
  ];
  if (problems.length === 0) {
    problems.push(`${JSON.stringify(listed[at])} comes where ${JSON.stringify(expected[at])} should`);
  }
  expect.fail(`the listing is wrong: ${problems.join("; ")}`);
}
