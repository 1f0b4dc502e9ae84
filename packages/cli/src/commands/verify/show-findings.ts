import { printable } from "../../output/printable.ts";
import type { Output } from "../../output/output.ts";
import type { Finding, Problem, Severity } from "./finding.ts";
import type { Removal } from "./remove-leftover.ts";

/** Writes findings as they come, and counts them. */
export interface FindingsView {
  show(finding: Finding, removal: Removal | undefined): Promise<void>;
  /** How many of a severity are left. */
  count(severity: Severity): number;
  /** How many of each kind are left, the worst first. */
  table(): Promise<void>;
}

const severities: readonly Severity[] = ["error", "warning", "notice"];

export function createFindingsView(out: Output, json: boolean): FindingsView {
  const counts = new Map<string, { readonly severity: Severity; readonly problem: Problem; count: number }>();
  const mark = { error: out.style.bad, warning: out.style.warning, notice: out.style.faint };
  return {
    async show({ severity, problem, code, key, message }, removal) {
      if (removal?.action !== "removed") {
        const kind = `${severity} ${problem}`;
        const known = counts.get(kind);
        if (known === undefined) counts.set(kind, { severity, problem, count: 1 });
        else known.count++;
      }
      if (json) {
        await out.json({ kind: "finding", severity, problem, code, key, message, ...removal });
        return;
      }
      await out.line(`${mark[severity](severity.padEnd(7))}  ${problem}: ${printable(message)}`);
      if (removal !== undefined) await out.line(`         ${textOf(removal)}.`);
    },
    count: (severity) =>
      [...counts.values()].reduce((sum, counted) => sum + (counted.severity === severity ? counted.count : 0), 0),
    async table() {
      const rows = [...counts.values()].sort(
        (a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity) || (a.problem < b.problem ? -1 : 1),
      );
      if (rows.length === 0) return;
      await out.line("");
      await out.table(
        [
          { title: "severity", cell: (row) => row.severity, mark: (text, row) => mark[row.severity](text) },
          { title: "problem", cell: (row) => row.problem },
          { title: "count", align: "right", cell: ({ count }) => String(count) },
        ],
        rows,
      );
    },
  };
}

function textOf({ action, reason }: Removal): string {
  const what = { removed: "Removed", "would-remove": "Would be removed", kept: "Kept", spoiled: "Removed" }[action];
  return reason === undefined ? what : `${what}: ${reason}`;
}
