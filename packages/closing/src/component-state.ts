/** A process or service that meters, whatever its runs are called. */
export interface Component {
  readonly category: string;
  /** As in self ids: the component `gw-01` of a recorder is `gw_01` here. */
  readonly component: string;
}

/** All states. Those of a component with records come first, the worst of them before the others. */
export const componentStates = [
  "duplicate",
  "incomplete",
  "unknown",
  "present",
  "empty",
  "missing",
  "open",
] as const satisfies readonly ComponentState[];

/**
 * What is known of a component's usage in one minute. Of several records, such as those of two runs after a restart, the
 * state that comes first here counts:
 *
 * - `duplicate`: a record is stored in several pools or layouts. Its usage may be counted twice.
 * - `incomplete`: of a record, part 0 or a page that it names is missing or damaged. Usage is missing.
 * - `unknown`: part 0 of a record names no pages, because the Go SDK wrote it. No page is missing between others.
 * - `present`: every record is complete.
 * - `empty`: every record is complete and without elements. The component says that nothing was used.
 * - `missing`: no record, where one was expected.
 * - `open`: not looked at, because a record may still come.
 */
export type ComponentState = "duplicate" | "incomplete" | "unknown" | "present" | "empty" | "missing" | "open";

/** States of a component with records. */
export type ReportedState = Exclude<ComponentState, "missing" | "open">;

/** What is known of one record. */
export type RecordState = Exclude<ReportedState, "duplicate">;

/** The one of two states that counts where a component has both. */
export function worseState(a: ReportedState, b: ReportedState): ReportedState {
  return componentStates.indexOf(a) < componentStates.indexOf(b) ? a : b;
}
