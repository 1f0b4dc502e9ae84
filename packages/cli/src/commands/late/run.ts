import { late, type LateRecord } from "@metering/closing";
import type { Run } from "../../command.ts";
import { daysOf } from "../../input/days.ts";
import { formatMoment } from "../../output/moments.ts";
import { counted } from "../../output/numbers.ts";
import type { CommonFlags } from "../../common-flags.ts";
import type { RangeFlags } from "../../input/range.ts";

/** What can be asked for. */
export interface LateFlags extends CommonFlags, RangeFlags {
  readonly arrivedOnly: boolean;
}

export const run: Run<LateFlags, [address?: string]> = async (session, flags, address) => {
  const { out, messages, now, signal } = session;
  const period = daysOf(flags, now);
  const { storage } = await session.open(address);
  const progress = messages.progress({ done: "Found", unit: "late record" });
  const found: LateRecord[] = [];
  let count = 0;
  for await (const record of late(storage, { ...period, changed: !flags.arrivedOnly, signal })) {
    count++;
    progress.add(1, (record.timestamp - period.from) / (period.to - period.from));
    if (!flags.json) {
      found.push(record);
      continue;
    }
    const { kind, timestamp, category, sharedPoolId, selfId, duplicate } = record;
    await out.json({ kind, timestamp, category, sharedPoolId, selfId, duplicate });
  }
  progress.end();
  if (found.length > 0) {
    await out.table(
      [
        { title: "late", cell: ({ kind }) => kind },
        { title: "minute (UTC)", cell: ({ timestamp }) => formatMoment(timestamp) },
        { title: "category", cell: ({ category }) => category },
        { title: "shared pool", cell: ({ sharedPoolId }) => sharedPoolId ?? "-" },
        { title: "self id", cell: ({ selfId }) => selfId },
        { title: "", cell: ({ duplicate }) => (duplicate ? "also in another pool" : "") },
      ],
      found,
    );
  }
  messages.note(
    count === 0 ? "Nothing is late." : `${counted(count, "late record")}. Add them: metering close --late.`,
  );
  return count === 0 ? "clean" : "findings";
};
