import { MeteringError } from "./errors.ts";
import { shorten } from "./storage-key.ts";

const maxDepth = 200;
/** Largest metering value. */
export const maxValue = 2n ** 64n - 1n;

/** A rule that a value breaks, found by a walk; the path grows on the way out. */
interface Problem {
  readonly path: (string | number)[];
  readonly value: unknown;
  readonly rule: string;
}

/** What a walk found that `JSON.stringify` would not write exactly. */
interface Findings {
  needsExactJson: boolean;
}

/**
 * Checks one element in one walk, before anything of it is written.
 *
 * @param index Place of the element in its record's data.
 * @returns whether its JSON needs {@link stringifyJson}; `JSON.stringify` is exact (and faster) otherwise.
 * @throws `invalid-record` naming path, value and rule.
 */
export function checkElement(element: unknown, index: number): boolean {
  return check(element, index, elementProblem);
}

/** {@link checkElement} for the content of metadata, where `value` and `unit` have no meaning of their own. */
export function checkJsonObject(object: unknown, path: string): boolean {
  return check(object, path, (value, findings) =>
    isPlainObject(value) ? jsonProblem(value, findings, 0) : { path: [], value, rule: "must be a plain object" },
  );
}

function check(
  value: unknown,
  place: string | number,
  problemOf: (value: unknown, findings: Findings) => Problem | undefined,
): boolean {
  const findings: Findings = { needsExactJson: false };
  const problem = problemOf(value, findings);
  if (problem === undefined) return findings.needsExactJson;
  const at = problem.path.map((step) => (typeof step === "number" ? `[${step}]` : `.${step}`)).join("");
  throw new MeteringError(
    "invalid-record",
    `${shortenPath((typeof place === "number" ? `data[${place}]` : place) + at)} ${problem.rule}, got ${describe(problem.value)}. Nothing of it was stored.`,
  );
}

function shortenPath(path: string): string {
  return path.length > 200 ? `${path.slice(0, 199)}…` : path;
}

function describe(value: unknown): string {
  if (typeof value === "string") return shorten(value);
  if (typeof value === "bigint") return `${shorten(value.toString()).slice(1, -1)}n`;
  if (Object.is(value, -0)) return "-0";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "an array" : "an object";
  return typeof value === "function" || typeof value === "symbol" ? `a ${typeof value}` : String(value);
}

function elementProblem(element: unknown, findings: Findings): Problem | undefined {
  if (!isPlainObject(element)) return { path: [], value: element, rule: "must be a plain object" };
  for (const key of Object.keys(element)) {
    const property = element[key];
    const problem = isMeteringValueLike(property)
      ? meteringValueProblem(property, findings)
      : jsonProblem(property, findings, 1);
    if (problem !== undefined) {
      problem.path.unshift(key);
      return problem;
    }
  }
  return undefined;
}

interface MeteringValueLike {
  readonly value: unknown;
  readonly unit: unknown;
}

function isMeteringValueLike(property: unknown): property is MeteringValueLike {
  return isPlainObject(property) && property["value"] !== undefined && property["unit"] !== undefined;
}

function meteringValueProblem(property: MeteringValueLike, findings: Findings): Problem | undefined {
  const { value, unit } = property;
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value) || value < 0 || Object.is(value, -0)) {
      return { path: ["value"], value, rule: "must be an integer from 0 to 2^53-1 (a bigint beyond, up to 2^64-1)" };
    }
  } else if (typeof value !== "bigint" || value < 0n || value > maxValue) {
    return { path: ["value"], value, rule: "must be a number or bigint from 0 to 2^64-1" };
  } else findings.needsExactJson = true;
  if (typeof unit !== "string") return { path: ["unit"], value: unit, rule: "must be a string" };
  // Almost always there is nothing more in it.
  for (const key in property) if (key !== "value" && key !== "unit") return objectProblem(property, findings, 1);
  return undefined;
}

function jsonProblem(value: unknown, findings: Findings, depth: number): Problem | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
      return undefined;
    case "number":
      if (!Number.isFinite(value)) return { path: [], value, rule: "must be a finite number" };
      if (Object.is(value, -0) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
        findings.needsExactJson = true;
      }
      return undefined;
    case "bigint":
      findings.needsExactJson = true;
      return undefined;
    case "object":
      if (value === null) return undefined;
      // A cycle is as deep as one cares to follow it.
      if (depth > maxDepth) return { path: [], value, rule: `must not refer to itself or be ${maxDepth} levels deep` };
      return Array.isArray(value) ? arrayProblem(value, findings, depth) : objectProblem(value, findings, depth);
    default:
      return { path: [], value, rule: "must be something that JSON can hold" };
  }
}

function arrayProblem(array: readonly unknown[], findings: Findings, depth: number): Problem | undefined {
  for (let i = 0; i < array.length; i++) {
    const problem = jsonProblem(array[i], findings, depth + 1);
    if (problem !== undefined) {
      problem.path.unshift(i);
      return problem;
    }
  }
  return undefined;
}

function objectProblem(object: object, findings: Findings, depth: number): Problem | undefined {
  if (!isPlainObject(object)) return { path: [], value: object, rule: "must be a plain object" };
  for (const key of Object.keys(object)) {
    const problem = jsonProblem(object[key], findings, depth + 1);
    if (problem !== undefined) {
      problem.path.unshift(key);
      return problem;
    }
  }
  return undefined;
}

// Also true of an object literal from another realm, whose prototype is that realm's.
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}
