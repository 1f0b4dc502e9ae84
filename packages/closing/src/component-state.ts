/** A process or service that meters, whatever its runs are called. */
export interface Component {
  readonly category: string;
  readonly component: string;
}

/**
 * What is known of a component's usage in one minute. Of several records, such as those of two runs after a restart, the
 * first of this list counts:
 *
 * - `duplicate`: a record is stored in several pools or layouts. Its usage may be counted twice.
 * - `incomplete`: of a record, part 0 or a page that it names is missing. Usage is missing.
 * - `unknown`: part 0 names no pages, because the Go SDK wrote it. No page is missing between others.
 * - `present`: every record is complete.
 * - `empty`: every record is complete, and none has an element. The component says that nothing was used.
 * - `missing`: no record. The component was expected to report.
 */
export type ComponentState = "duplicate" | "incomplete" | "unknown" | "present" | "empty" | "missing";
