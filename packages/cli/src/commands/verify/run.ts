import type { Run } from "../../command.ts";
import { selectionOf } from "../../bucket/selection.ts";
import { counted } from "../../output/numbers.ts";
import { UsageError } from "../../usage-error.ts";
import { checkBucket } from "./check-bucket.ts";
import type { Finding } from "./finding.ts";
import { removeLeftover } from "./remove-leftover.ts";
import { createFindingsView } from "./show-findings.ts";
import type { CommonFlags } from "../../common-flags.ts";
import type { RangeFlags } from "../../input/range.ts";
import type { ScopeFlags } from "../../input/scope.ts";

/** What can be asked for. */
export interface VerifyFlags extends CommonFlags, RangeFlags, ScopeFlags {
  readonly fix: boolean;
  readonly dryRun: boolean;
}

export const run: Run<VerifyFlags, [address?: string]> = async (session, flags, address) => {
  const { out, messages, now, signal } = session;
  const { json, fix, dryRun } = flags;
  if (dryRun && !fix) throw new UsageError("--dry-run goes with --fix. Without --fix, nothing is changed anyway.");
  const selection = selectionOf(flags, now);
  const { storage } = await session.open(address);
  const view = createFindingsView(out, json);
  const progress = messages.progress({ done: "Checked", unit: "file" });
  const checked = { files: 0, records: 0, metadata: 0 };
  let removed = 0;

  async function report(finding: Finding): Promise<void> {
    const removal =
      fix && finding.problem === "leftover"
        ? await removeLeftover(finding.key, { storage, now, dryRun, signal })
        : undefined;
    if (removal?.action === "removed" || removal?.action === "spoiled") removed++;
    await view.show(finding, removal);
  }

  for await (const { kind, timestamp, endsRecord, findings } of checkBucket(storage, selection, { now, signal })) {
    if (kind !== "name") checked.files++;
    if (kind === "metadata") checked.metadata++;
    if (endsRecord) checked.records++;
    const { range } = selection;
    const fraction =
      range === undefined || timestamp === undefined ? undefined : (timestamp - range.from) / (range.to - range.from);
    progress.add(kind === "name" ? 0 : 1, fraction);
    for (const finding of findings) await report(finding);
  }
  progress.end();

  const left = { errors: view.count("error"), warnings: view.count("warning"), notices: view.count("notice") };
  if (json) await out.json({ kind: "summary", ...checked, ...left, removed });
  else await view.table();
  const sums = `${counted(left.errors, "error")}, ${counted(left.warnings, "warning")}, ${counted(left.notices, "notice")}`;
  const removals = removed === 0 ? "" : ` ${counted(removed, "leftover")} removed.`;
  messages.note(
    `${counted(checked.files, "file")} of ${counted(checked.records, "record")} and ${counted(checked.metadata, "version")} of metadata checked: ${sums}.${removals}`,
  );
  return left.errors + left.warnings + left.notices === 0 ? "clean" : "findings";
};
