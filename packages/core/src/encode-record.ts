import { checkElement, type UncountedValues } from "./element.ts";
import { encodeElement } from "./encode-element.ts";
import { createPageEncoder, defaultCompressionLevel, maxPageBytes, type PageEncoder } from "./encode.ts";
import { MeteringError } from "./errors.ts";
import { pageDigest } from "./manifest.ts";
import type { MeteringElement, MeteringRecord } from "./record.ts";

/** One page of a record. Its elements are encoded; the file is finished by `compress`. */
export interface RecordPage {
  readonly part: number;
  /** How many elements the page holds. */
  readonly elements: number;
  /** Finishes the gzip file to store. Call it once, and for part 0 after every other page is compressed. */
  readonly compress: () => Promise<Uint8Array>;
}

/** How {@link encodeRecord} cuts and encodes. */
export interface EncodeRecordOptions {
  /** A new page starts if the next element would take the elements of a page past this many bytes of JSON. */
  readonly pageSizeBytes: number;
  /** 0 (none) to 9 (smallest). */
  readonly compressionLevel?: number | undefined;
  /** Whether objects that look like metering values but are never summed are refused. */
  readonly uncountedValues?: UncountedValues | undefined;
}

// Room that part 0 leaves for its manifest, so that it stays readable for the Go SDK: 55,000 pages fit.
const manifestRoom = 1024 * 1024;

/**
 * Encodes a record page by page: parts 1, 2, …, and part 0 last, because it names all others with their digests.
 *
 * Only one page and part 0 are open at a time, so any iterable is encoded in bounded memory. Elements are checked as they
 * are encoded. An array is checked to its end before its first page is yielded.
 *
 * @throws `invalid-record` if an element breaks a rule or no page can hold it.
 */
export async function* encodeRecord(
  record: MeteringRecord,
  { pageSizeBytes, compressionLevel = defaultCompressionLevel, uncountedValues = "refuse" }: EncodeRecordOptions,
): AsyncGenerator<RecordPage, void, undefined> {
  const digests: string[] = [];
  const open = (part: number): OpenPage => ({
    part,
    encoder: createPageEncoder({ ...record, part }, compressionLevel),
    elements: 0,
    elementBytes: 0,
  });
  const fits = (page: OpenPage, bytes: number): boolean => {
    const jsonBytes = page.encoder.jsonBytes + 1 + bytes;
    if (page.part === 0 && jsonBytes > maxPageBytes - manifestRoom) return false;
    return page.elements === 0 || (page.elementBytes + bytes <= pageSizeBytes && jsonBytes <= maxPageBytes);
  };

  const first = open(0);
  let current = first;
  let index = 0;

  // Not async, and the two loops below are not one `for await`: most elements need no waiting at all.
  const add = (element: MeteringElement): { waiting: Promise<void> | undefined; full: OpenPage | undefined } => {
    const json = encodeElement(element, index, uncountedValues);
    const full = fits(current, json.length) ? undefined : current;
    if (full !== undefined) {
      if (full === first && Array.isArray(record.data)) checkFrom(record.data, index + 1, uncountedValues);
      current = open(current.part + 1);
    }
    if (current.encoder.jsonBytes + json.length > maxPageBytes) throw elementTooLarge(index, json.length);
    current.elements++;
    current.elementBytes += json.length;
    index++;
    return { waiting: current.encoder.add(json), full };
  };
  const finish = ({ part, elements, encoder }: OpenPage): RecordPage => ({
    part,
    elements,
    async compress() {
      const file = await encoder.end();
      digests[part - 1] = pageDigest(file);
      return file;
    },
  });

  if (Symbol.asyncIterator in record.data) {
    for await (const element of record.data) {
      const { waiting, full } = add(element);
      if (full !== undefined && full !== first) yield finish(full);
      if (waiting !== undefined) await waiting;
    }
  } else {
    for (const element of record.data) {
      const { waiting, full } = add(element);
      if (full !== undefined && full !== first) yield finish(full);
      if (waiting !== undefined) await waiting;
    }
  }
  if (current !== first) yield finish(current);
  yield {
    part: 0,
    elements: first.elements,
    compress: () => {
      const parts = current.part + 1;
      const manifestBytes = 64 + 19 * digests.length;
      if (first.encoder.jsonBytes + manifestBytes > maxPageBytes) throw tooManyPages(parts);
      return first.encoder.end({ parts, digests });
    },
  };
}

interface OpenPage {
  readonly part: number;
  readonly encoder: PageEncoder;
  elements: number;
  elementBytes: number;
}

function checkFrom(elements: readonly unknown[], start: number, uncountedValues: UncountedValues): void {
  for (let index = start; index < elements.length; index++) checkElement(elements[index], index, uncountedValues);
}

function elementTooLarge(index: number, bytes: number): MeteringError {
  return new MeteringError(
    "invalid-record",
    `data[${index}] has ${bytes} bytes of JSON, and a page can hold at most ${maxPageBytes} because the Go SDK cannot read more. Split the element.`,
  );
}

function tooManyPages(parts: number): MeteringError {
  return new MeteringError(
    "invalid-record",
    `The record has ${parts} pages, and part 0 has no room for a manifest of so many. Use a larger pageSizeBytes.`,
  );
}
