// What is measured. Each workload prepares something, and gives what to time and how much that is.
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { parseMeteringKey } from "@metering/core";
import { memoryCache, MetaReader, MeteringReader } from "@metering/reader";
import { MetaWriter, MeteringWriter } from "@metering/writer";
import { elementsOf, jsonBytes, mebibyte, minute, regularElement } from "./data.mjs";

const recordOf = (data, selfId = "tidbserverlarge01") => ({ timestamp: minute, category: "tidb-server", selfId, data });

/** One record of `count` elements, written several times over so that small ones take long enough to be timed. */
function write(count, { kind = "regular", pageSizeBytes, times = 1 } = {}) {
  return async (storage) => {
    const data = elementsOf(count, kind);
    const bytes = jsonBytes(data) * times;
    const writer = new MeteringWriter(storage, { pageSizeBytes });
    return {
      bytes,
      records: count * times,
      async run(round) {
        for (let i = 0; i < times; i++) await writer.write(recordOf(data, `writer${i}round${round}`));
      },
    };
  };
}

function writeSmall(atOnce) {
  return async (storage) => {
    const writer = new MeteringWriter(storage);
    const records = Array.from({ length: 5000 }, (_, i) => recordOf([regularElement(i)], `tidbserver${i}`));
    return {
      bytes: records.reduce((sum, { data }) => sum + jsonBytes(data), 0),
      records: records.length,
      warmUp: true,
      async run(round) {
        const rest = records.map((record) => ({ ...record, timestamp: minute + round * 60 })).values();
        const work = async () => {
          for (const record of rest) await writer.write(record);
        };
        await Promise.all(Array.from({ length: atOnce }, work));
      },
    };
  };
}

function list(count) {
  return async (storage) => {
    await fill(storage, count);
    const reader = new MeteringReader(storage);
    return {
      records: count,
      warmUp: true,
      async run() {
        const { files } = await reader.listFilesByTimestamp(minute);
        if (files.get("tidb-server")?.length !== count) throw new Error("not all files listed");
      },
    };
  };
}

async function fill(storage, count) {
  const writer = new MeteringWriter(storage);
  for (let i = 0; i < count; i += 50) {
    await Promise.all(
      Array.from({ length: 50 }, (_, n) => writer.write(recordOf([regularElement(i + n)], `tidbserver${i + n}`))),
    );
  }
}

function readSmall(count) {
  return async (storage) => {
    await fill(storage, count);
    const reader = new MeteringReader(storage);
    const files = await reader.getFilesByCategory(minute, "tidb-server");
    return {
      bytes: jsonBytes(elementsOf(count)),
      records: count,
      warmUp: true,
      async run() {
        let elements = 0;
        for await (const page of reader.readFiles(files.map(({ key }) => key))) elements += page.data.length;
        if (elements !== count) throw new Error("not all read");
      },
    };
  };
}

function read(count, { kind = "regular", pageSizeBytes } = {}) {
  return async (storage) => {
    const bytes = await writeStreamed(storage, count, kind, pageSizeBytes);
    const reader = new MeteringReader(storage, { concurrency: 4 });
    return {
      bytes,
      records: count,
      async run() {
        let elements = 0;
        for await (const record of reader.scan({ from: minute, to: minute + 60 })) elements += record.data.length;
        if (elements !== count) throw new Error("not all read");
      },
    };
  };
}

/** Writes without ever holding the record, so that preparing does not count for the peak of memory. */
async function writeStreamed(storage, count, kind, pageSizeBytes) {
  let bytes = 0;
  function* elements() {
    for (let i = 0; i < count; i += 1000) {
      const some = elementsOf(1000, kind, i);
      bytes += jsonBytes(some);
      yield* some;
    }
  }
  await new MeteringWriter(storage, { pageSizeBytes }).write(recordOf(elements()));
  return bytes;
}

/** What the platform can do at best: stringify pages and compress them on all cores, with nothing around it. */
function limit(count) {
  return async (storage) => {
    const data = elementsOf(count);
    const pages = [];
    const perPage = Math.floor(mebibyte / (jsonBytes(data) / count));
    for (let i = 0; i < count; i += perPage) pages.push(data.slice(i, i + perPage));
    const compress = promisify(gzip);
    void storage;
    return {
      bytes: jsonBytes(data),
      records: count,
      async run() {
        const running = new Set();
        for (const page of pages) {
          const task = compress(Buffer.from(JSON.stringify(page)), { level: 6 }).finally(() => running.delete(task));
          running.add(task);
          if (running.size >= 8) await Promise.race(running);
        }
        await Promise.all(running);
      },
    };
  };
}

/** A day of many small files, read by a scan or, for comparison, listed and read one after the other. */
function scanDay({ plain = false, filesPerMinute = 20, minutes = 1440 } = {}) {
  return async (storage) => {
    const writer = new MeteringWriter(storage);
    const day = Array.from({ length: minutes }, (_, i) => minute + i * 60);
    for (const timestamp of day) {
      await Promise.all(
        Array.from({ length: filesPerMinute }, (_, i) =>
          writer.write({
            timestamp,
            category: i % 2 ? "tidb-server" : "tikv-server",
            selfId: `node${i}`,
            data: [regularElement(i)],
          }),
        ),
      );
    }
    const reader = new MeteringReader(storage, { concurrency: 32 });
    const total = minutes * filesPerMinute;
    return {
      records: total,
      async run() {
        let pages = 0;
        if (plain) {
          for (const timestamp of day) {
            const { files } = await reader.listFilesByTimestamp(timestamp);
            for (const group of files.values())
              for (const { key } of group) pages += (await reader.readFile(key)).part + 1;
          }
        } else {
          for await (const page of reader.scan({ from: minute, to: minute + minutes * 60 }).storedPages())
            pages += page.part + 1;
        }
        if (pages !== total) throw new Error(`read ${pages} of ${total}`);
      },
    };
  };
}

/** 2 GB of JSON in pages of 1 MiB, read by one scan. */
function scanLarge() {
  return async (storage) => {
    let bytes = 0;
    for (let i = 0; i < 22; i++) {
      function* elements() {
        for (let n = 0; n < 200_000; n++) {
          const element = regularElement(n);
          bytes += JSON.stringify(element).length;
          yield element;
        }
      }
      const record = { timestamp: minute + i * 60, category: "tidb-server", selfId: "tidb", data: elements() };
      await new MeteringWriter(storage, { pageSizeBytes: mebibyte, compressionLevel: 1 }).write(record);
    }
    const reader = new MeteringReader(storage);
    return {
      bytes,
      records: 22 * 200_000,
      async run() {
        let last;
        for await (const page of reader.scan({ from: minute, to: minute + 3600 }).storedPages()) last = page.key;
        if (parseMeteringKey(last) === undefined) throw new Error("nothing read");
      },
    };
  };
}

/** One lookup among many versions of a cluster's metadata: anew each time, or with a cache. */
function lookUp(versions, { cached = false } = {}) {
  return async (storage) => {
    const writer = new MetaWriter(storage);
    for (let i = 0; i < versions; i += 50) {
      await Promise.all(
        Array.from({ length: 50 }, (_, n) =>
          writer.write({
            type: "logic",
            clusterId: "lc-1",
            modifyTs: minute + (i + n) * 60,
            metadata: { version: i + n },
          }),
        ),
      );
    }
    const cache = memoryCache({ maxBytes: mebibyte });
    const reader = new MetaReader(storage, cached ? { cache } : {});
    const times = cached ? 1000 : 10;
    return {
      records: times,
      warmUp: true,
      async run() {
        for (let i = 0; i < times; i++) {
          const found = await reader.readByType("lc-1", "logic", minute + versions * 30 + (cached ? i % 60 : i * 60));
          if (found === undefined) throw new Error("nothing found");
        }
      },
    };
  };
}

const paged = { pageSizeBytes: mebibyte };
const random = { kind: "random" };

export const workloads = {
  "limit: stringify + gzip of 200,000 elements": limit(200_000),
  "write 200,000 elements, pages of 1 MiB": write(200_000, paged),
  "write 200,000 elements, one file": write(200_000),
  "write 10,000 elements, pages of 1 MiB": write(10_000, { ...paged, times: 20 }),
  "write 10,000 elements, one file": write(10_000, { times: 20 }),
  "write 100 elements, pages of 1 MiB": write(100, { ...paged, times: 500 }),
  "write 100 elements, one file": write(100, { times: 500 }),
  "write 200,000 random elements, pages of 1 MiB": write(200_000, { ...paged, ...random }),
  "write 200,000 random elements, one file": write(200_000, random),
  "write 5,000 records of one element, one after the other": writeSmall(1),
  "write 5,000 records of one element, 16 at once": writeSmall(16),
  "list 10,000 files of one minute": list(10_000),
  "read 1,000 files of one element": readSmall(1000),
  "read 200,000 elements, one file": read(200_000),
  "read 200,000 elements, pages of 1 MiB": read(200_000, paged),
  "read 200,000 random elements, pages of 1 MiB": read(200_000, { ...paged, ...random }),
  "scan a day of 28,800 files": scanDay(),
  "list and read a day of 28,800 files one by one": scanDay({ plain: true }),
  "look up one of 100,000 versions, anew": lookUp(100_000),
  "look up one of 100,000 versions, cached": lookUp(100_000, { cached: true }),
  "scan 2 GB of JSON in pages of 1 MiB": scanLarge(),
};

/** Too long, or too large, for the S3 server of a test; `scan-s3.mjs` measures its scan of a day. */
export const isForFolders = (name) => /^limit|a day|100,000 versions|2 GB/.test(name);
