import { completeness, type CompletenessRange, type ComponentState } from "@metering/closing";
import type { MeteringError, ObjectStorage } from "@metering/core";
import { expectedOf, type ExpectedFlags } from "../../input/expected.ts";
import type { Span } from "../../input/moment.ts";

/** The ranges of one component, in the order of time. */
export interface ComponentStates {
  readonly category: string;
  readonly component: string;
  readonly ranges: readonly CompletenessRange[];
  /** Minutes in which something is wrong. */
  readonly wrongMinutes: number;
}

const wrong: ReadonlySet<ComponentState> = new Set(["missing", "incomplete", "duplicate"]);

/** Whether usage is missing in such a range, or may be counted twice. */
export function isWrong({ state }: CompletenessRange): boolean {
  return wrong.has(state);
}

/** What is known of each component and minute. */
export async function readStates(
  storage: ObjectStorage,
  flags: ExpectedFlags & { readonly grace?: number | undefined },
  { from, to }: Span,
  { now, signal, onFinding }: { now: number; signal: AbortSignal; onFinding: (finding: MeteringError) => void },
): Promise<readonly ComponentStates[]> {
  const components = new Map<string, { category: string; component: string; ranges: CompletenessRange[] }>();
  const options = { from, to, ...expectedOf(flags), grace: flags.grace, now: () => now, signal, onFinding };
  for await (const range of completeness(storage, options)) {
    const { category, component } = range;
    const key = `${category}/${component}`;
    const found = components.get(key) ?? { category, component, ranges: [] };
    found.ranges.push(range);
    components.set(key, found);
  }
  return [...components.keys()].sort().flatMap((key) => {
    const found = components.get(key);
    if (found === undefined) return [];
    const wrongMinutes = found.ranges.filter(isWrong).reduce((sum, range) => sum + (range.to - range.from) / 60, 0);
    return [{ ...found, wrongMinutes }];
  });
}
