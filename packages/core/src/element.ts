import { amountRule } from "./amount.ts";
import { MeteringError } from "./errors.ts";
import { shorten } from "./storage-key.ts";

const maxDepth = 200;

/**
 * What to do about an object that looks like a metering value and is never summed: one with a numeric `value` that has no
 * `unit`, or that is not itself a property of the element.
 */
export type UncountedValues = "refuse" | "allow";

/** A rule that a value breaks, found by a walk; the path grows on the way out. */
interface Problem {
  readonly path: (string | number)[];
  readonly value: unknown;
  readonly rule: string;
}

/** State of a walk. */
interface Walk {
  /** Whether `JSON.stringify` would not write the element exactly. */
  needsExactJson: boolean;
  readonly uncountedValues: UncountedValues;
}

/**
 * Checks one element in one walk.
 *
 * @param index Index of the element in the record's data.
 * @returns whether its JSON needs {@link stringifyJson}. Otherwise `JSON.stringify` is exact, and faster.
 * @throws `invalid-record` with path, value and rule.
 */
export function checkElement(element: unknown, index: number, uncountedValues: UncountedValues = "refuse"): boolean {
  return check(element, index, uncountedValues, elementProblem);
}

/** {@link checkElement} for the content of metadata, where `value` and `unit` have no meaning of their own. */
export function checkJsonObject(object: unknown, path: string): boolean {
  return check(object, path, "allow", (value, walk) =>
    isPlainObject(value) ? jsonProblem(value, walk, 0) : { path: [], value, rule: "must be a plain object" },
  );
}

function check(
  value: unknown,
  place: string | number,
  uncountedValues: UncountedValues,
  problemOf: (value: unknown, walk: Walk) => Problem | undefined,
): boolean {
  const walk: Walk = { needsExactJson: false, uncountedValues };
  const problem = problemOf(value, walk);
  if (problem === undefined) return walk.needsExactJson;
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

function elementProblem(element: unknown, walk: Walk): Problem | undefined {
  if (!isPlainObject(element)) return { path: [], value: element, rule: "must be a plain object" };
  for (const key of Object.keys(element)) {
    const property = element[key];
    const problem =
      nameProblem(key) ??
      (isMeteringValueLike(property) ? meteringValueProblem(property, walk) : jsonProblem(property, walk, 1));
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

function isMeteringValueLike(property: unknown): property is MeteringValueLike & Readonly<Record<string, unknown>> {
  return isPlainObject(property) && property["value"] !== undefined && property["unit"] !== undefined;
}

function meteringValueProblem(
  property: MeteringValueLike & Readonly<Record<string, unknown>>,
  walk: Walk,
): Problem | undefined {
  const { value, unit } = property;
  const rule = amountRule(value);
  if (rule !== undefined) return { path: ["value"], value, rule };
  if (typeof value === "bigint") walk.needsExactJson = true;
  if (typeof unit !== "string") return { path: ["unit"], value: unit, rule: "must be a string" };
  if (!unit.isWellFormed()) return { path: ["unit"], value: unit, rule: textRule };
  // Almost every metering value has these two properties only.
  for (const key in property) if (key !== "value" && key !== "unit") return propertiesProblem(property, walk, 1);
  return undefined;
}

// JSON would hold it as an escape that we read back and the Go SDK replaces: two readers would see two texts.
const textRule = "must be well-formed Unicode, without lone surrogates";

function nameProblem(name: string): Problem | undefined {
  return name.isWellFormed() ? undefined : { path: [], value: name, rule: textRule };
}

function jsonProblem(value: unknown, walk: Walk, depth: number): Problem | undefined {
  switch (typeof value) {
    case "string":
      return value.isWellFormed() ? undefined : { path: [], value, rule: textRule };
    case "boolean":
      return undefined;
    case "number":
      if (!Number.isFinite(value)) return { path: [], value, rule: "must be a finite number" };
      if (Object.is(value, -0) || (Number.isInteger(value) && !Number.isSafeInteger(value))) {
        walk.needsExactJson = true;
      }
      return undefined;
    case "bigint":
      walk.needsExactJson = true;
      return undefined;
    case "object":
      if (value === null) return undefined;
      // A cycle has no end.
      if (depth > maxDepth) return { path: [], value, rule: `must not refer to itself or be ${maxDepth} levels deep` };
      return Array.isArray(value) ? arrayProblem(value, walk, depth) : objectProblem(value, walk, depth);
    default:
      return { path: [], value, rule: "must be something that JSON can hold" };
  }
}

function arrayProblem(array: readonly unknown[], walk: Walk, depth: number): Problem | undefined {
  for (let i = 0; i < array.length; i++) {
    const problem = jsonProblem(array[i], walk, depth + 1);
    if (problem !== undefined) {
      problem.path.unshift(i);
      return problem;
    }
  }
  return undefined;
}

function objectProblem(object: object, walk: Walk, depth: number): Problem | undefined {
  if (!isPlainObject(object)) return { path: [], value: object, rule: "must be a plain object" };
  if (walk.uncountedValues === "refuse" && hasNumericValue(object)) {
    const rule =
      depth === 1
        ? 'has a value without a unit, so no sum would count it: write { value, unit } or set uncountedValues to "allow"'
        : 'is a value inside another object or array, so no sum would count it: make it a property of the element or set uncountedValues to "allow"';
    return { path: [], value: object, rule };
  }
  return propertiesProblem(object, walk, depth);
}

/** Whether an object looks like a metering value, wherever it stands. */
export function hasNumericValue(object: Readonly<Record<string, unknown>>): boolean {
  const { value } = object;
  return (typeof value === "number" || typeof value === "bigint") && Object.hasOwn(object, "value");
}

function propertiesProblem(object: Readonly<Record<string, unknown>>, walk: Walk, depth: number): Problem | undefined {
  for (const key of Object.keys(object)) {
    const problem = nameProblem(key) ?? jsonProblem(object[key], walk, depth + 1);
    if (problem !== undefined) {
      problem.path.unshift(key);
      return problem;
    }
  }
  return undefined;
}

// An object literal of another realm has that realm's prototype.
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}
