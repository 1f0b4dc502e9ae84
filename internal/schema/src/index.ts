import * as z from "zod/mini";

/** Says which rule a value breaks, as the end of a sentence ("must be …"), or `undefined`. */
type Rule<Value> = (value: Value) => string | undefined;

/** A value that obeys a rule. */
export function ruled<Value>(problemOf: Rule<unknown>) {
  return z.custom<Value>((value) => problemOf(value) === undefined, { error: ({ input }) => problemOf(input) });
}

/** A string that obeys a rule. */
export function ruledString(problemOf: Rule<string>) {
  return ruled<string>((value) => (typeof value === "string" ? problemOf(value) : "must be a string"));
}

/** A string that matches a pattern. */
export function pattern(expression: RegExp, rule: string) {
  return z.string(rule).check(z.regex(expression, rule));
}

/** A whole number in a range, both ends included; `unit` as in "whole milliseconds". */
export function integer(from: number, to = Number.MAX_SAFE_INTEGER, unit = "numbers") {
  const rule = `must be whole ${unit}, ${to === Number.MAX_SAFE_INTEGER ? `${from} or more` : `from ${from} to ${to}`}`;
  return z.number(rule).check(z.int(rule), z.gte(from, rule), z.lte(to, rule));
}

/** One of some strings. */
export function choice<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, `must be ${values.map((value) => JSON.stringify(value)).join(" or ")}`);
}

/** A function. Its parameters and result are the caller's word. */
export function callback<Value extends (...parameters: never[]) => unknown>() {
  return z.custom<Value>((value) => typeof value === "function", "must be a function");
}

/** An object with these methods: how an instance of another copy of a class is told too. */
export function methods<Value>(names: readonly string[], rule: string) {
  return z.custom<Value>(
    (value) =>
      typeof value === "object" &&
      value !== null &&
      names.every((name) => typeof Reflect.get(value, name) === "function"),
    rule,
  );
}
