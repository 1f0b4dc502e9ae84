import { componentOf, meteringKeyPrefix } from "@metering/core";
import type { BucketObject } from "../../bucket/bucket-object.ts";
import type { RecordPages } from "../../bucket/records.ts";
import type { JsonLine } from "../../output/json-line.ts";
import { formatMoment } from "../../output/moments.ts";
import { counted, grouped, sizeOf } from "../../output/numbers.ts";
import type { Output } from "../../output/output.ts";
import type { TableColumn } from "../../output/table.ts";
import type { Session } from "../../session.ts";
import type { Figures } from "./figures.ts";
import type { Others } from "./others.ts";
import type { Grouping } from "./summarise.ts";

/** Writes one line for each of some days, minutes, categories or components. */
export async function showFigures(
  { out }: Session,
  json: boolean,
  grouping: Grouping,
  figures: AsyncIterable<Figures>,
): Promise<void> {
  if (json) {
    for await (const line of figures) await out.json(lineOf[grouping](line));
    return;
  }
  await out.table(figureColumns(out, grouping), figures);
}

const lineOf: Readonly<Record<Grouping, (figures: Figures) => JsonLine>> = {
  days: ({ name, ...figures }) => ({ kind: "day", day: name, ...figures }),
  minutes: ({ first, components, records, pages, bytes }) => ({
    kind: "minute",
    timestamp: first,
    components,
    records,
    pages,
    bytes,
  }),
  categories: ({ name, ...figures }) => ({ kind: "category", category: name, ...figures }),
  components: ({ name, minutes, records, pages, bytes, first, last }) => ({
    kind: "component",
    ...splitComponent(name),
    minutes,
    records,
    pages,
    bytes,
    first,
    last,
  }),
};

/** Neither part has a slash. */
function splitComponent(name: string) {
  const [category = "", component = ""] = name.split("/");
  return { category, component };
}

const named = (title: string): TableColumn<Figures> => ({ title, cell: ({ name }) => name });

function figureColumns(out: Output, grouping: Grouping): readonly TableColumn<Figures>[] {
  const count = (title: "minutes" | "components" | "records" | "pages"): TableColumn<Figures> => ({
    title,
    align: "right",
    cell: (figures) => (out.isTerminal ? grouped(figures[title]) : String(figures[title])),
  });
  // A day has them in its first column.
  const time = (seconds: number) => formatMoment(seconds).slice(grouping === "days" ? 11 : 0);
  const sums = [count("records"), count("pages"), bytesColumn<Figures>(out)];
  const ends: readonly TableColumn<Figures>[] = [
    { title: "first", cell: ({ first }) => time(first) },
    { title: "last", cell: ({ last }) => time(last) },
  ];
  return {
    days: [named("day"), count("minutes"), count("components"), ...sums, ...ends],
    minutes: [named("minute"), count("components"), ...sums],
    categories: [named("category"), count("minutes"), count("components"), ...sums, ...ends],
    components: [
      { title: "category", cell: ({ name }: Figures) => splitComponent(name).category },
      { title: "component", cell: ({ name }: Figures) => splitComponent(name).component },
      count("minutes"),
      ...sums,
      ...ends,
    ],
  }[grouping];
}

/** Sizes as people say them on a terminal, and exact for other programs. */
function bytesColumn<Row extends { readonly bytes?: number | undefined }>(out: Output): TableColumn<Row> {
  return {
    title: out.isTerminal ? "size" : "bytes",
    align: "right",
    cell: ({ bytes }) => (bytes === undefined ? "-" : out.isTerminal ? sizeOf(bytes) : String(bytes)),
  };
}

/** What a record comes to in a listing. */
interface RecordLine {
  readonly timestamp: number;
  readonly category: string;
  readonly sharedPoolId: string | undefined;
  readonly selfId: string;
  readonly pages: number;
  readonly bytes: number;
  /** As `metering cat` takes it. */
  readonly key: string;
}

/** Writes one line for each record, as they come. */
export async function showRecords({ out }: Session, json: boolean, records: AsyncIterable<RecordPages>): Promise<void> {
  if (json) {
    for await (const record of records) await out.json({ kind: "record", ...recordLine(record) });
    return;
  }
  await out.table<RecordLine>(
    [
      { title: "minute", cell: ({ timestamp }) => formatMoment(timestamp) },
      { title: "component", cell: ({ selfId }) => componentOf(selfId) },
      { title: "pages", align: "right", cell: ({ pages }) => String(pages) },
      bytesColumn(out),
      { title: "record", cell: ({ key }) => key },
    ],
    mapped(records, recordLine),
  );
}

function recordLine(record: RecordPages): RecordLine {
  const [{ timestamp, category, sharedPoolId, selfId }] = record;
  const bytes = record.reduce((sum, page) => sum + page.bytes, 0);
  const key = meteringKeyPrefix({ timestamp, category, sharedPoolId, selfId }).slice(0, -1);
  return { timestamp, category, sharedPoolId, selfId, pages: record.length, bytes, key };
}

/** Writes one line for each object, as they come. */
export async function showFiles({ out }: Session, json: boolean, objects: AsyncIterable<BucketObject>): Promise<void> {
  if (json) {
    for await (const { kind, key, bytes, modified } of objects) {
      await out.json({ kind: "file", content: kind, key, bytes, modified });
    }
    return;
  }
  await out.table<BucketObject>(
    [
      { title: "content", cell: ({ kind }) => kind },
      bytesColumn(out),
      { title: "stored", cell: ({ modified }) => (modified === undefined ? "-" : formatMoment(modified)) },
      { title: "key", cell: ({ key }) => key },
    ],
    objects,
  );
}

/** Writes what is there beside records. */
export async function showOthers({ out }: Session, json: boolean, others: Others): Promise<void> {
  const { metadata, closed, unknown } = others;
  if (json) {
    await out.json({ kind: "metadata", ...metadata });
    await out.json({ kind: "closed", ...closed });
    await out.json({ kind: "unknown", ...unknown });
    return;
  }
  const lines = [
    metadata.versions > 0 &&
      `metadata: ${counted(metadata.clusters, "cluster")}, ${counted(metadata.versions, "version")}, ${sizeOf(metadata.bytes)}`,
    (closed.closings > 0 || closed.bytes > 0) &&
      `closed: ${counted(closed.days, "day")}, ${counted(closed.closings, "closing")}, ${sizeOf(closed.bytes)}`,
    unknown.objects > 0 && `unknown: ${counted(unknown.objects, "object")}, ${sizeOf(unknown.bytes)}`,
  ];
  for (const line of lines) if (line !== false) await out.line(line);
}

async function* mapped<In, Out>(source: AsyncIterable<In>, map: (item: In) => Out): AsyncGenerator<Out> {
  for await (const item of source) yield map(item);
}
