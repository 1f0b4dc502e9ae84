import { isMeteringError, type MeteringElement, type ObjectStorage, type RecordId } from "@metering/core";
import { MeteringReader } from "@metering/reader";
import { MeteringWriter, type IfExists } from "@metering/writer";

/** The one record that everybody in a schedule is about. */
export const recordId: RecordId = { timestamp: 1_755_850_380, category: "c", selfId: "s" };

/** Somebody who writes the record. */
export interface WriterRole {
  readonly name: string;
  readonly mode: IfExists;
  /** Names of elements. */
  readonly data: readonly string[];
  /** How many of them are one page. Default: 1. */
  readonly perPage?: number;
  /** Give the elements one by one instead of as an array. */
  readonly lazily?: boolean;
  readonly mayDelete?: boolean;
  /** Begins when everybody of a lower stage is over. Default: 0. */
  readonly stage?: number;
}

/** Somebody who reads it. */
export interface ReaderRole {
  readonly name: string;
  readonly reads: "record" | "scan";
  readonly stage?: number;
}

export type Role = WriterRole | ReaderRole;

export const isWriter = (role: Role): role is WriterRole => "mode" in role;

/** Elements of equal length, so that as many of them are a page as the role says. */
function elementOf(name: string): MeteringElement {
  return { id: name, ru: { value: 1, unit: "" } };
}

const elementBytes = JSON.stringify(elementOf("t1")).length;

/** What a role stores, as one text. */
export const contentOf = ({ data }: WriterRole): string => data.join(" ");

/** Writes the record as the role says. */
export async function write(storage: ObjectStorage, role: WriterRole, mode = role.mode): Promise<void> {
  const elements = role.data.map(elementOf);
  const writer = new MeteringWriter(storage, {
    ifExists: mode,
    pageSizeBytes: (role.perPage ?? 1) * elementBytes,
    compressionLevel: 0,
    concurrency: 2,
  });
  await writer.write({ ...recordId, data: role.lazily === true ? oneByOne(elements) : elements });
}

async function* oneByOne(elements: readonly MeteringElement[]): AsyncGenerator<MeteringElement> {
  yield* elements;
}

/** What a reader was given: the record's content, that there is none, or why it stopped. */
export type Reading =
  | { readonly found: "complete"; readonly content: string }
  | { readonly found: "nothing" }
  | { readonly found: "failure"; readonly why: string };

/** Reads the record by itself. */
export async function readRecord(storage: ObjectStorage): Promise<Reading> {
  try {
    const { data } = await new MeteringReader(storage).readRecord(recordId);
    return complete(data);
  } catch (error) {
    if (isMeteringError(error, "not-found") || isMeteringError(error, "incomplete-record")) return { found: "nothing" };
    return failure(error);
  }
}

/** Reads all complete records of its minute. */
export async function scanRecords(storage: ObjectStorage): Promise<Reading> {
  try {
    let reading: Reading = { found: "nothing" };
    const { timestamp } = recordId;
    const scan = new MeteringReader(storage).scan({ from: timestamp, to: timestamp + 60 }, { incomplete: "skip" });
    for await (const { data } of scan) {
      if (reading.found !== "nothing") return { found: "failure", why: "the record came twice" };
      reading = complete(data);
    }
    return reading;
  } catch (error) {
    return failure(error);
  }
}

function complete(data: readonly (MeteringElement | null)[]): Reading {
  const names = data.map((element) => (typeof element?.["id"] === "string" ? element["id"] : "?"));
  return { found: "complete", content: names.join(" ") };
}

function failure(error: unknown): Reading {
  return { found: "failure", why: isMeteringError(error) ? `${error.code}: ${error.message}` : String(error) };
}
