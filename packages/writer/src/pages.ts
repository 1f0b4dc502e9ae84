import {
  createPageEncoder,
  encodeElement,
  maxPageBytes,
  MeteringError,
  type MeteringElement,
  type MeteringRecord,
  type PageEncoder,
} from "@metering/core";

/** One page of a record, cut but not yet compressed to its end. */
export interface Page {
  readonly part: number;
  /** How many elements it holds. */
  readonly elements: number;
  /** The file to store. Call it once. */
  readonly encode: () => Promise<Uint8Array>;
}

/**
 * Cuts a record into pages, lazily and in order. A new page starts when the next element would take one that holds
 * any past `pageSizeBytes` of elements' JSON, or past what the Go SDK can read.
 *
 * @throws `invalid-record` for an element that breaks a rule or is larger than a page may ever be.
 */
export async function* cutPages(
  record: MeteringRecord,
  pageSizeBytes: number,
  compressionLevel: number,
): AsyncGenerator<Page, void, undefined> {
  let current = startPage(record, 0, compressionLevel);
  let index = 0;

  // Not async, and the two loops below not one `for await`: most elements are taken without waiting for anything.
  const take = (element: MeteringElement): { waiting: Promise<void> | undefined; finished: Page | undefined } => {
    const json = encodeElement(element, index);
    let finished: Page | undefined;
    if (current.elements > 0 && !fits(current, json.length, pageSizeBytes)) {
      finished = finish(current);
      current = startPage(record, current.part + 1, compressionLevel);
    }
    if (current.elements === 0 && current.encoder.jsonBytes + json.length > maxPageBytes) tooLarge(index, json.length);
    current.elements++;
    current.elementBytes += json.length;
    index++;
    return { waiting: current.encoder.add(json), finished };
  };

  if (Symbol.asyncIterator in record.data) {
    for await (const element of record.data) {
      const { waiting, finished } = take(element);
      if (finished !== undefined) yield finished;
      if (waiting !== undefined) await waiting;
    }
  } else {
    for (const element of record.data) {
      const { waiting, finished } = take(element);
      if (finished !== undefined) yield finished;
      if (waiting !== undefined) await waiting;
    }
  }
  yield finish(current);
}

interface OpenPage {
  readonly part: number;
  readonly encoder: PageEncoder;
  elements: number;
  elementBytes: number;
}

function startPage(record: MeteringRecord, part: number, compressionLevel: number): OpenPage {
  return { part, encoder: createPageEncoder({ ...record, part }, compressionLevel), elements: 0, elementBytes: 0 };
}

function fits(page: OpenPage, bytes: number, pageSizeBytes: number): boolean {
  return page.elementBytes + bytes <= pageSizeBytes && page.encoder.jsonBytes + 1 + bytes <= maxPageBytes;
}

function finish({ part, elements, encoder: page }: OpenPage): Page {
  return { part, elements, encode: () => page.end() };
}

function tooLarge(index: number, bytes: number): never {
  throw new MeteringError(
    "invalid-record",
    `data[${index}] has ${bytes} bytes of JSON, and a page at most ${maxPageBytes}: the Go SDK could not read it. Split the element.`,
  );
}
