import { MeteringError, meteringKeyPrefix } from "@metering/core";
import { isFinding, type ReadRecord } from "@metering/reader";
import { parallelMap } from "@metering/storage-kit";
import { addRecord } from "./add-record.ts";
import { closedDay } from "./closed-period.ts";
import type { ClosingContext } from "./closing-context.ts";
import { writeClosing, type ClosingTail, type ClosingWriter } from "./closing-writer.ts";
import { createFindings } from "./findings.ts";
import { lateRecords, type LateRecord } from "./late-records.ts";
import { readClosings, type Closing } from "./manifest.ts";
import type { Day } from "./period.ts";
import { recordKey, type Source } from "./source.ts";
import { createUsageCursor, type UsageCursor } from "./usage-cursor.ts";

/** Adds the late records of a closed day, if there are any. Returns its closings. */
export async function addLate(context: ClosingContext, day: Day): Promise<readonly Closing[]> {
  const { storage, options } = context;
  for (;;) {
    const { closings } = closedDay(storage, day.day, await readClosings(storage, day.day, options));
    const [first] = closings;
    const { number } = closings.at(-1) ?? first;
    // An addition is made as the day was closed, so that its columns and amounts mean the same.
    const { grace, values, attributes, numbers, rollups } = first;
    const settings = { grace, values, attributes, numbers, rollups };
    const head = { day: day.day, number: number + 1, ...settings };
    let late = 0;
    const addition = await writeClosing(
      storage,
      head,
      async (writer) => {
        const tail = await addRecords({ ...context, settings }, closings, day, writer);
        late = writer.records;
        return late === 0 ? undefined : tail;
      },
      options,
    );
    if (addition !== undefined) return [...closings, addition];
    if (late === 0) return closings;
    // Another closer was first. What it has added is not late any more.
  }
}

/** A late record with its content, or why it has none. */
type ReadLate = LateRecord & ({ readonly record: ReadRecord } | { readonly finding: MeteringError });

async function addRecords(
  context: ClosingContext,
  closings: readonly Closing[],
  day: Day,
  writer: ClosingWriter,
): Promise<ClosingTail> {
  const { options, reader, concurrency } = context;
  const findings = createFindings(context);
  const closed = new Map(closings.map((closing) => [closing.closing, createUsageCursor(context, closing)]));
  const records = parallelMap(
    (signal) => lateRecords({ ...context, options: { ...options, signal }, changed: true }, closings, day),
    async (late, signal): Promise<ReadLate> => {
      if (late.duplicate && context.duplicates === "fail") return { ...late, finding: duplicate(late, context) };
      try {
        return { ...late, record: await reader.readRecord(late, { signal }) };
      } catch (error) {
        if (!isFinding(error)) throw error;
        return { ...late, finding: error };
      }
    },
    { concurrency, signal: options.signal },
  );
  for await (const late of records) {
    if ("finding" in late) {
      findings.report(late.finding);
      continue;
    }
    if (late.closed !== undefined) await takeBack(writer, late.closed, closed);
    await addRecord(writer, late.record, context, findings);
    context.onProgress?.({ day: day.day, minute: late.timestamp, records: writer.records });
  }
  return { closedAt: Math.floor(context.now()), skipped: findings.count, completeness: undefined };
}

/** Takes back what was closed of a record. */
async function takeBack(
  writer: ClosingWriter,
  source: Source,
  closed: ReadonlyMap<string, UsageCursor>,
): Promise<void> {
  const rows = (await closed.get(source.closing)?.at(source.minute)) ?? [];
  const usage = rows.filter((row) => row.sign === 1 && recordKey(row) === recordKey(source));
  await writer.add({ ...source, sign: -1 }, usage);
}

function duplicate(record: LateRecord, { storage }: ClosingContext): MeteringError {
  const key = `${meteringKeyPrefix(record)}0.json.gz`;
  return new MeteringError(
    "duplicate-record",
    `The late record of ${key} is stored in another pool or layout too. Find out which one counts. To add it all the same, pass duplicates: "include".`,
    { key, storage: storage.name },
  );
}
