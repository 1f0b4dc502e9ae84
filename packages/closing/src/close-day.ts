import { MeteringError } from "@metering/core";
import type { ReadRecord } from "@metering/reader";
import { addRecord } from "./add-record.ts";
import type { ClosingContext } from "./closing-context.ts";
import { writeClosing, type ClosingTail, type ClosingWriter } from "./closing-writer.ts";
import { createCompletenessCollector } from "./completeness-found.ts";
import type { RecordState } from "./component-state.ts";
import { createFindings } from "./findings.ts";
import { firstOpenMinute } from "./grace.ts";
import { readClosings, type Closing } from "./manifest.ts";
import type { Day } from "./period.ts";

/** Closes a day, if nobody has. Returns its closings. */
export async function closeDay(context: ClosingContext, day: Day): Promise<readonly Closing[]> {
  const { storage, options } = context;
  const closings = await readClosings(storage, day.day, options);
  if (closings.length > 0) return closings;
  refuseOpen(context, day);
  const head = { day: day.day, number: 0, ...context.settings };
  const closing = await writeClosing(storage, head, (writer) => addDay(context, day, writer), options);
  return closing === undefined ? readClosings(storage, day.day, options) : [closing];
}

async function addDay(context: ClosingContext, day: Day, writer: ClosingWriter): Promise<ClosingTail> {
  const { from, to } = day;
  const { expected, componentOf } = context;
  const completeness = createCompletenessCollector({ from, to, openFrom: to, expected, componentOf });
  const findings = createFindings(context);
  const scan = context.reader.scan(
    { from, to },
    {
      duplicates: context.duplicates,
      concurrency: context.concurrency,
      signal: context.options.signal,
      onFinding: (finding) => {
        findings.report(finding);
        completeness.leftOut(finding);
      },
    },
  );
  for await (const record of scan) {
    completeness.add(record, stateOf(record));
    await addRecord(writer, record, context, findings);
    context.onProgress?.({ day: day.day, minute: record.timestamp, records: writer.records });
  }
  return { closedAt: Math.floor(context.now()), skipped: findings.count, completeness: completeness.end() };
}

function stateOf({ state, data }: ReadRecord): RecordState {
  if (state === "unknown") return "unknown";
  return data.some((element) => element !== null) ? "present" : "empty";
}

function refuseOpen({ settings, now, storage }: ClosingContext, { day, to }: Day): void {
  if (firstOpenMinute({ ...settings, now }) >= to) return;
  throw new MeteringError(
    "period-open",
    `${day} of ${storage.name} cannot be closed yet: records may come until ${toUtc(to + settings.grace)}. Close it then, or set grace.`,
    { storage: storage.name },
  );
}

const toUtc = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
