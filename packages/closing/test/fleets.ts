import type { RecordId } from "@metering/core";
import fc from "fast-check";
import type { Component } from "../src/component-state.ts";
import type { NaiveOptions, TestRecord } from "./naive-completeness.ts";

export const from = 1_755_849_600;
/** Few minutes, components, runs and pools, so that records meet. */
const minutes = 8;
export const to = from + minutes * 60;

const minute = fc.integer({ min: 0, max: minutes - 1 }).map((index) => from + index * 60);
const component: fc.Arbitrary<Component> = fc.record({
  category: fc.constantFrom("gateway", "gate"),
  component: fc.constantFrom("gw_1", "gw_2", "way/gw_1"),
});

export function records<State extends string>(states: readonly State[]): fc.Arbitrary<readonly TestRecord<State>[]> {
  const record: fc.Arbitrary<TestRecord<State>> = fc
    .tuple(
      component,
      fc.record({
        timestamp: minute,
        run: fc.integer({ min: 0, max: 2 }),
        sharedPoolId: fc.constantFrom(undefined, undefined, "pool-1", "pool-2"),
        state: fc.constantFrom(...states),
      }),
    )
    .map(([of, rest]) => ({ ...of, ...rest }));
  return fc.uniqueArray(record, {
    maxLength: 60,
    selector: (one) => [one.timestamp, one.category, one.component, one.run, one.sharedPoolId].join(" "),
  });
}

export const options: fc.Arbitrary<NaiveOptions> = fc
  .record({
    openMinutes: fc.constantFrom(0, 0, 1, 3, minutes),
    expected: fc.oneof(
      fc.constant("learned" as const),
      fc.array(component, { maxLength: 4 }),
      // Who is expected changes at some minute, as when a fleet grows.
      fc.tuple(minute, fc.array(component, { maxLength: 3 }), fc.array(component, { maxLength: 3 })).map(
        ([changed, before, after]) =>
          (at: number) =>
            at < changed ? before : after,
      ),
    ),
  })
  .map(({ openMinutes, expected }) => ({ from, to, openFrom: to - openMinutes * 60, expected }));

/** Runs of one component have self ids of their own. */
export function idOf({ timestamp, category, component: name, run, sharedPoolId }: TestRecord<string>): RecordId {
  return { timestamp, category, selfId: `${name.replace("/", "~")}.${run}`, sharedPoolId };
}

export function componentOf({ selfId }: RecordId): string {
  return selfId.replace(/\.\d$/, "").replace("~", "/");
}
