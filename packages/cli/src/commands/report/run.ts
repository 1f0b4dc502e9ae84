import { writeFile } from "node:fs/promises";
import type { MeteringError } from "@metering/core";
import type { Run } from "../../command.ts";
import { rangeOf } from "../../input/range.ts";
import { UsageError } from "../../usage-error.ts";
import { readClosedDays } from "./closed-days.ts";
import { readStates } from "./fleet-states.ts";
import { reportDocument } from "./html/document.ts";
import { readUsage } from "./usage-figures.ts";
import type { BasicFlags } from "../../common-flags.ts";
import type { ExpectedFlags } from "../../input/expected.ts";
import type { RangeFlags } from "../../input/range.ts";

/** What can be asked for. */
export interface ReportFlags extends BasicFlags, RangeFlags, ExpectedFlags {
  readonly by?: string | undefined;
  readonly output?: string | undefined;
  readonly grace?: number | undefined;
}

// A report is looked at by a person: whoever wants all of them asks metering verify.
const mostFindings = 100;

export const run: Run<ReportFlags, [address?: string]> = async (session, flags, address) => {
  const { out, messages, now, signal } = session;
  const range = rangeOf(flags, now);
  const { from, to } = range;
  if (flags.output === undefined && out.isTerminal) {
    throw new UsageError("Say where the report goes: --output report.html, or > report.html.");
  }
  const { storage, address: name } = await session.open(address);

  const first = new Map<string, MeteringError>();
  let count = 0;
  const onFinding = (finding: MeteringError) => {
    count++;
    if (first.size < mostFindings) first.set(finding.message, finding);
  };
  const progress = messages.progress({ done: "Read", unit: "record" });
  const onRecord = (minute: number) => {
    progress.add(1, (minute - from) / (to - from));
  };
  const usage = await readUsage(storage, { ...range, by: flags.by, signal, onFinding, onRecord });
  // What the listing finds, reading has found already.
  const components = await readStates(storage, flags, range, { now, signal, onFinding: () => undefined });
  const closed = await readClosedDays(storage, range, signal);
  progress.end();

  const text = reportDocument({
    ...range,
    address: name,
    made: now,
    by: flags.by,
    usage,
    components,
    closed,
    findings: { count, first: [...first.values()] },
    isLearned: flags.expect === undefined,
  });
  if (flags.output === undefined) await out.line(text);
  else {
    await writeFile(flags.output, text, { signal });
    messages.note(`Wrote ${flags.output}. Open it in a browser.`);
  }
  const isClean = count === 0 && closed.late.length === 0 && components.every(({ wrongMinutes }) => wrongMinutes === 0);
  return isClean ? "clean" : "findings";
};
