import { completeness, type CompletenessRange, type ComponentState } from "@metering/closing";
import type { Run } from "../../command.ts";
import { expectedOf } from "../../input/expected.ts";
import { rangeOf } from "../../input/range.ts";
import { formatRange } from "../../output/moments.ts";
import { counted } from "../../output/numbers.ts";
import { createStrips } from "./strips.ts";
import type { CommonFlags } from "../../common-flags.ts";
import type { ExpectedFlags } from "../../input/expected.ts";
import type { RangeFlags } from "../../input/range.ts";
import type { ScopeFlags } from "../../input/scope.ts";

/** What can be asked for. */
export interface GapsFlags extends CommonFlags, RangeFlags, ExpectedFlags, Omit<ScopeFlags, "selfId"> {
  readonly grace?: number | undefined;
  readonly contents: boolean;
}

const bad: ReadonlySet<ComponentState> = new Set(["missing", "incomplete", "duplicate"]);

export const run: Run<GapsFlags, [address?: string]> = async (session, flags, address) => {
  const { out, messages, now, signal } = session;
  const { from, to } = rangeOf(flags, now);
  const { storage } = await session.open(address);
  let findings = 0;
  const ranges = completeness(storage, {
    from,
    to,
    category: flags.category,
    sharedPoolId: flags.sharedPool,
    ...expectedOf(flags),
    grace: flags.grace,
    now: () => now,
    contents: flags.contents,
    signal,
    onFinding: (finding) => {
      findings++;
      messages.finding(finding);
    },
  });

  const progress = messages.progress({ done: "Looked at", unit: "range" });
  const strips = out.isTerminal && !flags.json ? createStrips(from, to, out.columns) : undefined;
  const found: CompletenessRange[] = [];
  const components = new Set<string>();
  let count = 0;
  let minutes = 0;
  for await (const range of ranges) {
    progress.add(1, (range.to - from) / (to - from));
    components.add(`${range.category}/${range.component}`);
    strips?.add(range);
    if (!bad.has(range.state)) continue;
    count++;
    minutes += (range.to - range.from) / 60;
    if (flags.json) await out.json({ ...range });
    else found.push(range);
  }
  progress.end();

  if (!flags.json && components.size > 0) for (const line of strips?.lines(out.style) ?? []) await out.line(line);
  if (found.length > 0) {
    await out.table(
      [
        {
          title: "state",
          cell: ({ state }) => state,
          mark: (text, { state }) => (state === "missing" ? out.style.bad(text) : out.style.warning(text)),
        },
        { title: "category", cell: ({ category }) => category },
        { title: "component", cell: ({ component }) => component },
        { title: "from, to (UTC)", cell: (range) => formatRange(range.from, range.to) },
        { title: "minutes", align: "right", cell: (range) => String((range.to - range.from) / 60) },
      ],
      found,
    );
  }
  const learned = flags.expect === undefined ? " Who should report was learned from the range." : "";
  messages.note(
    `${counted(components.size, "component")} from ${formatRange(from, to)} UTC: ${counted(count, "gap")}, ${counted(minutes, "minute")} in all.${learned}`,
  );
  return count + findings === 0 ? "clean" : "findings";
};
