import { MeteringError, nameProblem } from "@metering/core";
import { ruled } from "@metering/schema";
import type { Component } from "./component-state.ts";

/**
 * Who should report: always the same components, those that a function gives for each minute, or `learned`: each component
 * from its first report in the range to its last one. What is learned cannot tell that a component is silent at the start,
 * at the end, or all the time.
 */
export type Expected = readonly Component[] | ((minute: number) => readonly Component[]) | "learned";

/** {@link Expected} in a schema of options. What a function gives is checked by {@link expectedIn}. */
export const expectedSchema = /* @__PURE__ */ (() => ruled<Expected>(expectedProblem))();

function expectedProblem(value: unknown): string | undefined {
  return value === "learned" || typeof value === "function" ? undefined : componentsProblem(value);
}

function componentsProblem(value: unknown): string | undefined {
  if (!Array.isArray(value))
    return 'must be a list of { category, component }, a function that gives one, or "learned"';
  for (const one of value as readonly unknown[]) {
    const isObject = typeof one === "object" && one !== null;
    const category: unknown = isObject ? Reflect.get(one, "category") : undefined;
    const component: unknown = isObject ? Reflect.get(one, "component") : undefined;
    if (typeof category !== "string" || typeof component !== "string" || component === "") {
      return "must be a list of { category, component }, both of them strings";
    }
    const problem = nameProblem(category);
    if (problem !== undefined) return `has the category ${JSON.stringify(category)}, which ${problem}`;
  }
  return undefined;
}

/** Those of one category; all if none is given. A function of the caller's throws `invalid-argument` if it gives no list. */
export function expectedIn(category: string | undefined, expected: Expected): Expected {
  if (expected === "learned") return expected;
  const ofCategory = (components: readonly Component[]): readonly Component[] =>
    category === undefined ? components : components.filter((one) => one.category === category);
  if (typeof expected !== "function") return ofCategory(expected);
  return (minute) => {
    const components = expected(minute);
    const problem = componentsProblem(components);
    if (problem === undefined) return ofCategory(components);
    throw new MeteringError("invalid-argument", `What the function \`expected\` gives for ${minute} ${problem}.`);
  };
}
