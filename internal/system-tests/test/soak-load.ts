import { isDeepStrictEqual } from "node:util";
import { isMeteringError, type ObjectStorage } from "@metering/core";
import { memoryCache, MetaReader, MeteringReader } from "@metering/reader";
import { MetaWriter } from "@metering/writer";
import { elementsOf, writeRecord, type WholeRecord } from "./work.ts";

const firstMinute = 1_755_850_380;
/** How many minutes of records are kept; older ones are deleted, so that the place does not grow. */
const minutesKept = 20;
const metadataVersions = 200;

/** What was done so far, by name. */
export type Counts = Readonly<Record<string, number>>;

/** A mixed load that can run for ever. It throws as soon as anything it reads is not what it wrote. */
export interface Load {
  /** One round of everything, several things at once. */
  readonly round: () => Promise<void>;
  readonly counts: Counts;
}

/** What is written in a minute. */
function recordsOf(timestamp: number): readonly WholeRecord[] {
  const record = (selfId: string, elements: number): WholeRecord => ({
    timestamp,
    category: "soak",
    selfId,
    data: elementsOf(`${timestamp}-${selfId}`, elements),
  });
  return [
    record("small", 2),
    record("large", 2_000),
    { ...record("paged", 300), pageSizeBytes: 2_000 },
    { ...record("aborted", 300), pageSizeBytes: 2_000 },
  ];
}

export function createLoad(storage: ObjectStorage): Load {
  const reader = new MeteringReader(storage);
  const metaReader = new MetaReader(storage, { cache: memoryCache({ maxBytes: 1_000_000 }), ttlMs: 1_000 });
  const metaWriter = new MetaWriter(storage, { ifExists: "verify" });
  const counts: Record<string, number> = {};
  const count = (what: string): void => void (counts[what] = (counts[what] ?? 0) + 1);
  let minute = firstMinute;

  const write = async (timestamp: number): Promise<void> => {
    for (const record of recordsOf(timestamp)) {
      if (record.selfId === "aborted") {
        await abortSoon((signal) => writeRecord(storage, record, "error", signal));
        count("aborted writes");
      } else {
        await writeRecord(storage, record, "error");
        count("writes");
      }
      await writeRecord(storage, record, "verify");
      count("verify retries");
    }
  };
  const scan = async (timestamp: number): Promise<void> => {
    const expected = new Map(recordsOf(timestamp).map(({ selfId, data }) => [selfId, data]));
    for await (const { selfId, data, state } of reader.scan({ from: timestamp, to: timestamp + 60 })) {
      if (state !== "complete" || !isDeepStrictEqual(data, expected.get(selfId))) {
        throw new Error(`${selfId} is not as it was written`);
      }
      expected.delete(selfId);
    }
    if (expected.size > 0) throw new Error(`missing: ${[...expected.keys()].join()}`);
    count("scans");
    await abortSoon(async (signal) => {
      for await (const _ of reader.scan({ from: firstMinute, to: minute + 60 }, { signal }).entries());
    });
    count("aborted scans");
    await reader.listFilesByTimestamp(timestamp);
    count("lists");
  };
  const metadata = async (timestamp: number): Promise<void> => {
    const n = (timestamp / 60) % metadataVersions;
    const version = { type: "logic", clusterId: `c${n % 5}`, modifyTs: firstMinute + n, metadata: { n } } as const;
    await metaWriter.write(version);
    count("metadata writes");
    const found = await metaReader.readByType(version.clusterId, "logic", version.modifyTs);
    if (found === undefined || found.modifyTs > version.modifyTs) throw new Error("metadata of another time");
    await Promise.all(Array.from({ length: 10 }, () => metaReader.read(version.clusterId, version.modifyTs)));
    count("metadata reads");
  };
  const forget = async (timestamp: number): Promise<void> => {
    const listed = await reader.listFilesByTimestamp(timestamp);
    for (const { key } of [...listed.files.values()].flat()) await storage.delete(key);
  };

  return {
    counts,
    async round() {
      const now = minute;
      await Promise.all([
        write(now),
        ...(now > firstMinute ? [scan(now - 60), metadata(now)] : []),
        ...(now > firstMinute + 60 * minutesKept ? [forget(now - 60 * minutesKept)] : []),
      ]);
      minute += 60;
    },
  };
}

/** Starts something and takes the wish back a moment later. It may then have ended by itself, but not otherwise. */
async function abortSoon(start: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  const controller = new AbortController();
  const reason = new Error("no longer wanted");
  const timer = setTimeout(() => controller.abort(reason), Math.random() * 30);
  try {
    await start(controller.signal);
  } catch (error) {
    // Begun and not completed, a record is left for the retry; deleted while it is scanned, a page is no longer there.
    if (error !== reason && !isMeteringError(error, "not-found") && !isMeteringError(error, "incomplete-record")) {
      throw error;
    }
  } finally {
    clearTimeout(timer);
  }
}
