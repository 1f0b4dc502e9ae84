import { isMeteringError, MeteringError, meteringKeyPrefix, type RecordId } from "@metering/core";
import { parallelMap, sleep } from "@metering/storage-kit";
import { assembleRecord, isIncomplete, type PageResult, type ReadRecord } from "./assemble-record.ts";
import { isFinding } from "./findings.ts";
import { toMeteringFile } from "./metering-file.ts";
import { readPage, type ReadContext } from "./read-page.ts";
import { isSameRecord } from "./record-files.ts";

/** What reading a record needs. */
export interface ReadRecordContext extends ReadContext {
  readonly concurrency: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Reads one record: part 0, and then the pages that it names. Without a manifest, the pages are listed.
 *
 * @throws `not-found`, `incomplete-record`, and as {@link assembleRecord}.
 */
export async function readRecord(id: RecordId, context: ReadRecordContext): Promise<ReadRecord> {
  const { storage, signal } = context;
  const keyOf = (part: number): string => `${meteringKeyPrefix(id)}${part}.json.gz`;
  const results = new Map<number, PageResult>();
  const first = await attempt(() => readPage(context, keyOf(0), signal));
  const manifest = "error" in first ? undefined : first.page.manifest;
  const others =
    manifest === undefined
      ? (await listParts(id, context)).filter((part) => part > 0)
      : manifest.digests.map((_, index) => index + 1);
  if ("error" in first && isMeteringError(first.error, "not-found")) {
    if (others.length === 0) throw notFound(id, context);
  } else results.set(0, first);
  const pages = parallelMap(
    async function* () {
      if (results.has(0)) yield* others;
    },
    async (part, stop) => ({ part, result: await attempt(() => readPage(context, keyOf(part), stop)) }),
    context,
  );
  for await (const { part, result } of pages) results.set(part, result);
  return assembleRecord(keyOf(0), results, storage.name);
}

/** Errors about the page are kept: whether they matter depends on part 0. */
async function attempt(read: () => Promise<PageResult>): Promise<PageResult> {
  try {
    return await read();
  } catch (error) {
    if (!isFinding(error)) throw error;
    return { error };
  }
}

async function listParts(id: RecordId, { storage, signal }: ReadRecordContext): Promise<readonly number[]> {
  const parts: number[] = [];
  for await (const { key } of storage.list(meteringKeyPrefix(id), { keysOnly: true, signal })) {
    const file = toMeteringFile(key);
    if (file !== undefined && isSameRecord(file, id)) parts.push(file.part);
  }
  return parts;
}

const pollMs = 1000;

/** Reads one record as soon as it is complete. Ends only with it, another failure, or the signal. */
export async function awaitRecord(id: RecordId, context: ReadRecordContext): Promise<ReadRecord> {
  for (;;) {
    try {
      return await readRecord(id, context);
    } catch (error) {
      if (!isMeteringError(error, "not-found") && !isIncomplete(error)) throw error;
    }
    await sleep(pollMs, context.signal);
  }
}

function notFound(id: RecordId, { storage }: ReadRecordContext): MeteringError {
  const prefix = meteringKeyPrefix(id);
  return new MeteringError("not-found", `There is no record under ${prefix} in ${storage.name}.`, {
    key: prefix,
    storage: storage.name,
  });
}
