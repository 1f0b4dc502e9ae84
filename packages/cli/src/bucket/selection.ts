import type { RecordId } from "@metering/core";
import type { Span } from "../input/moment.ts";
import { rangeOf, type RangeFlags } from "../input/range.ts";
import { scopeOf, type ScopeFlags } from "../input/scope.ts";

/** Which of a bucket a command is about. */
export interface Selection {
  /** All times, if it is left out. */
  readonly range: Span | undefined;
  readonly scope: ReturnType<typeof scopeOf>;
  /** Whether it is about some records only, and not about metadata and everything else. */
  readonly isNarrow: boolean;
}

/** What the flags select: the whole bucket where they say nothing. */
export function selectionOf(flags: RangeFlags & ScopeFlags, now: number): Selection {
  const isAnyTime = flags.in === undefined && flags.from === undefined && flags.to === undefined;
  const range = isAnyTime ? undefined : rangeOf(flags, now);
  const scope = scopeOf(flags);
  return { range, scope, isNarrow: !isAnyTime || Object.values(scope).some((name) => name !== undefined) };
}

export function isSelected(
  { range, scope: { category, sharedPoolId, selfId } }: Selection,
  record: Pick<RecordId, "timestamp"> & Partial<RecordId>,
): boolean {
  return (
    (range === undefined || (record.timestamp >= range.from && record.timestamp < range.to)) &&
    (category === undefined || record.category === category) &&
    (sharedPoolId === undefined || record.sharedPoolId === sharedPoolId) &&
    (selfId === undefined || record.selfId === selfId)
  );
}
