import type { MeteringError, MeteringPage, ObjectStorage, RecordId } from "@metering/core";
import { MeteringReader, type OnFinding, type RecordFiles, type ScanRange } from "@metering/reader";
import { parallelMap, type Observer } from "@metering/storage-kit";
import type { RecordState } from "./component-state.ts";

/** What reading the states of records needs. */
export interface RecordStatesContext {
  readonly storage: ObjectStorage;
  readonly range: ScanRange;
  /** Whether part 0 of every record is read. */
  readonly contents: boolean;
  readonly concurrency: number;
  readonly signal?: AbortSignal | undefined;
  readonly onFinding?: OnFinding | undefined;
  readonly observer?: Observer | undefined;
}

/** A record and what is known of it. */
export interface FoundRecord {
  readonly record: RecordId;
  readonly state: RecordState;
}

/** The records of a range in the order of a scan, from one listing. Part 0 is read where the listing does not tell. */
export function recordStates(context: RecordStatesContext): AsyncGenerator<FoundRecord, void, undefined> {
  const { storage, range, contents, concurrency, signal, onFinding, observer } = context;
  const reader = new MeteringReader(storage, { concurrency, observer });
  return parallelMap(
    (stop) => reader.listRecords(range, { signal: stop, onFinding }),
    async (files, stop) => {
      const [record] = files;
      if (record.part !== 0) return { record, state: "incomplete" };
      if (files.length === 1 && !contents) return { record, state: "present" };
      const first = await readPart0(record.key, stop);
      return { record, state: first === undefined ? "incomplete" : stateOf(files, first) };
    },
    { concurrency, signal },
  );

  /** `undefined` if it cannot be used. */
  async function readPart0(key: string, stop: AbortSignal): Promise<MeteringPage | undefined> {
    const findings: MeteringError[] = [];
    const pages = reader.readFiles([key], { signal: stop, onFinding: (finding) => findings.push(finding) });
    for await (const page of pages) return page;
    for (const finding of findings) {
      // It was there when it was listed, or is being written: the state says as much.
      if (finding.code === "not-found" || finding.code === "truncated-file") continue;
      if (onFinding === undefined) throw finding;
      onFinding(finding);
    }
    return undefined;
  }
}

/** Only whether the pages are there is looked at. Their digests would have to be downloaded. */
function stateOf(files: RecordFiles, { manifest, data }: MeteringPage): RecordState {
  // Parts are in ascending order, so the last page has this place only if no page before it is missing.
  const parts = manifest?.parts ?? files.length;
  if (files[parts - 1]?.part !== parts - 1) return "incomplete";
  if (manifest === undefined) return "unknown";
  return parts === 1 && data.length === 0 ? "empty" : "present";
}
