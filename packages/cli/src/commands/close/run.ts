import { closePeriod } from "@metering/closing";
import { isMeteringError, type MeteringError } from "@metering/core";
import type { Run } from "../../command.ts";
import { daysOf } from "../../input/days.ts";
import { expectedOf } from "../../input/expected.ts";
import { showClosings } from "../closed/show-closings.ts";
import type { RollupUnit } from "@metering/closing";
import type { ValueType } from "@metering/closing";
import type { CommonFlags } from "../../common-flags.ts";
import type { ExpectedFlags } from "../../input/expected.ts";
import type { RangeFlags } from "../../input/range.ts";

/** What can be asked for. */
export interface CloseFlags extends CommonFlags, RangeFlags, ExpectedFlags {
  readonly grace?: number | undefined;
  readonly late: boolean;
  readonly leaveOut?: "incomplete" | "anything" | undefined;
  readonly includeDuplicates: boolean;
  readonly values: ValueType;
  readonly attributes?: readonly string[] | undefined;
  readonly numbers?: readonly (readonly [name: string, unit: string])[] | undefined;
  readonly rollups?: readonly RollupUnit[] | undefined;
}

export const run: Run<CloseFlags, [address?: string]> = async (session, flags, address) => {
  const { messages, now, signal } = session;
  const { from, to } = daysOf(flags, now);
  const { storage } = await session.open(address);
  const progress = messages.progress({ done: "Added", unit: "record" });
  let leftOut = 0;
  const onFinding = (finding: MeteringError) => {
    if (flags.leaveOut === "incomplete" && !isIncomplete(finding)) throw finding;
    leftOut++;
    messages.finding(finding);
  };
  const period = await closePeriod(storage, {
    from,
    to,
    late: flags.late,
    grace: flags.grace,
    now: () => now,
    incomplete: flags.leaveOut === undefined ? "fail" : "skip",
    duplicates: flags.includeDuplicates ? "include" : "fail",
    onFinding: flags.leaveOut === undefined ? undefined : onFinding,
    values: flags.values,
    attributes: flags.attributes,
    numbers: flags.numbers === undefined ? undefined : Object.fromEntries(flags.numbers),
    rollups: flags.rollups,
    ...expectedOf(flags),
    onProgress: ({ minute }) => {
      progress.add(1, (minute - from) / (to - from));
    },
    signal,
  });
  progress.end();
  await showClosings(session, flags, period);
  return leftOut === 0 ? "clean" : "findings";
};

/** Whether a record may still become complete. */
function isIncomplete(finding: MeteringError): boolean {
  return isMeteringError(finding, "incomplete-record") || isMeteringError(finding, "truncated-file");
}
