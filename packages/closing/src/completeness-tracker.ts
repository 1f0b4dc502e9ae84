import type { RecordId } from "@metering/core";
import {
  worseState,
  type Component,
  type ComponentState,
  type RecordState,
  type ReportedState,
} from "./component-state.ts";
import type { Expected } from "./expected.ts";

/** Minutes in a row in which a component has the same state. */
export interface CompletenessRange extends Component {
  readonly state: ComponentState;
  /** First minute: Unix seconds. */
  readonly from: number;
  /** Minute after the last one: Unix seconds. */
  readonly to: number;
}

/** The figures of a range of minutes. */
export interface CompletenessFigures {
  /** How many components reported or were expected. */
  readonly components: number;
  /** How many minutes of components have each state: 10 components in an hour have 600. */
  readonly states: Readonly<Record<ComponentState, number>>;
  /** How many ranges are `missing`. */
  readonly gaps: number;
}

/** What a tracker needs. */
export interface TrackerOptions {
  /** First minute: Unix seconds. */
  readonly from: number;
  /** Minute after the last one: Unix seconds. */
  readonly to: number;
  /** First minute that is `open`, from `from` to `to`. */
  readonly openFrom: number;
  readonly expected: Expected;
  /** The component of a record. Its category is the record's. */
  readonly componentOf: (record: RecordId) => string;
}

/**
 * Turns the states of records into ranges of minutes in which a component has the same state.
 *
 * Give it every record of the range, once, minute by minute in ascending order; within a minute in any order. It finds what
 * is missing, and what is a duplicate, itself. Records of open minutes are ignored. Ranges come in ascending order of `to`,
 * then by category and component. It holds one range for each component, and the records of one minute.
 */
export interface CompletenessTracker {
  /** Gives the ranges that ended before the record's minute. */
  add(record: RecordId, state: RecordState): readonly CompletenessRange[];
  /** There are no more records. Gives all other ranges. */
  end(): readonly CompletenessRange[];
  /** The figures of the ranges given so far. */
  figures(): CompletenessFigures;
}

/** A component and the range that it is in: none before its first report, and where it is not expected. */
interface Tracked extends Component {
  state: ComponentState | undefined;
  from: number;
}

/** The reports of one minute. */
interface Reports {
  readonly states: Map<string, Component & { state: ReportedState }>;
  /** Category and self id of each record, to find those that are there twice. */
  readonly selfIds: Set<string>;
}

export function createCompletenessTracker(options: TrackerOptions): CompletenessTracker {
  const { from, to, openFrom, componentOf } = options;
  const isLearned = options.expected === "learned";
  const expectation = expectationOf(options.expected);
  const tracked = new Map<string, Tracked>();
  const reports: Reports = { states: new Map(), selfIds: new Set() };
  const states = { duplicate: 0, incomplete: 0, unknown: 0, present: 0, empty: 0, missing: 0, open: 0 };
  let gaps = 0;
  /** The minute whose reports are being collected. */
  let minute = from;

  return {
    add(record, state) {
      if (record.timestamp >= openFrom) return [];
      const ended = advanceTo(record.timestamp);
      collect(reports, { category: record.category, component: componentOf(record) }, record.selfId, state);
      return ended;
    },
    end() {
      const ended = advanceTo(to);
      const last: CompletenessRange[] = [];
      for (const one of tracked.values()) enter(one, undefined, last);
      return [...ended, ...last.sort(compareRanges)];
    },
    figures: () => ({ components: tracked.size, states: { ...states }, gaps }),
  };

  function advanceTo(next: number): readonly CompletenessRange[] {
    const ended: CompletenessRange[] = [];
    while (minute < next) {
      const isSilent = reports.states.size === 0;
      ended.push(...settleMinute());
      // After a silent minute, others change nothing, unless other components are expected or minutes become open.
      minute = !isSilent || expectation.varies ? minute + 60 : minute < openFrom ? Math.min(openFrom, next) : next;
    }
    return ended;
  }

  /** Gives each component its state in the minute. */
  function settleMinute(): readonly CompletenessRange[] {
    const expected = expectation.at(minute);
    for (const found of [expected, reports.states]) {
      for (const [key, { category, component }] of found) {
        if (!tracked.has(key)) tracked.set(key, { category, component, state: undefined, from: minute });
      }
    }
    const ended: CompletenessRange[] = [];
    for (const [key, one] of tracked) {
      const isExpected = isLearned ? isKnown(one) : expected.has(key);
      const silent = isExpected ? (minute < openFrom ? "missing" : "open") : undefined;
      enter(one, reports.states.get(key)?.state ?? silent, ended);
    }
    reports.states.clear();
    reports.selfIds.clear();
    return ended.sort(compareRanges);
  }

  /** Whether a component that is learned counts on: up to its last report, and through open minutes if that is before them. */
  function isKnown({ state }: Tracked): boolean {
    return state !== undefined && (minute < openFrom || state !== "missing");
  }

  function enter(one: Tracked, state: ComponentState | undefined, ended: CompletenessRange[]): void {
    if (one.state === state) return;
    // A learned component that never came back is not missed: nobody knows whether it should have.
    const isOver = isLearned && one.state === "missing" && state === undefined;
    if (one.state !== undefined && !isOver) {
      ended.push({ category: one.category, component: one.component, state: one.state, from: one.from, to: minute });
      states[one.state] += (minute - one.from) / 60;
      if (one.state === "missing") gaps++;
    }
    one.state = state;
    one.from = minute;
  }
}

function collect(
  { states, selfIds }: Reports,
  { category, component }: Component,
  selfId: string,
  state: RecordState,
): void {
  const record = keyOf(category, selfId);
  const reported: ReportedState = selfIds.has(record) ? "duplicate" : state;
  selfIds.add(record);
  const key = keyOf(category, component);
  const known = states.get(key);
  if (known === undefined) states.set(key, { category, component, state: reported });
  else known.state = worseState(known.state, reported);
}

/** Who is expected in a minute, by {@link keyOf}. */
interface Expectation {
  /** Whether it differs from minute to minute. */
  readonly varies: boolean;
  at(minute: number): ReadonlyMap<string, Component>;
}

function expectationOf(expected: Expected): Expectation {
  if (typeof expected === "function") return { varies: true, at: (minute) => byKey(expected(minute)) };
  const always = byKey(expected === "learned" ? [] : expected);
  return { varies: false, at: () => always };
}

function byKey(components: readonly Component[]): ReadonlyMap<string, Component> {
  return new Map(components.map((one) => [keyOf(one.category, one.component), one]));
}

/** No category holds a slash. */
function keyOf(category: string, name: string): string {
  return `${category}/${name}`;
}

function compareRanges(a: CompletenessRange, b: CompletenessRange): number {
  return compareText(a.category, b.category) || compareText(a.component, b.component);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
