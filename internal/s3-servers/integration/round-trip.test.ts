import { isMeteringError, type MeteringElement } from "@metering/core";
import { MeteringReader } from "@metering/reader";
import { S3Storage } from "@metering/storage-s3";
import { MeteringWriter } from "@metering/writer";
import { expect, test } from "vitest";
import { createBucket, ifAbsent, server } from "./server.ts";

const minute = 1_755_850_380;
const stored = { value: 2n ** 64n - 1n, unit: "bytes" };
const data: readonly MeteringElement[] = Array.from({ length: 200 }, (_, i) => ({
  logical_cluster_id: `lc-${i}`,
  stored,
}));
const records = Array.from({ length: 5 }, (_, i) => ({
  timestamp: minute + 60 * i,
  category: "gateway",
  selfId: `gw_0${i}`,
  data,
}));

test("round trip: records of several pages are read as they were written, and a second writer is told", async () => {
  await using storage = new S3Storage({ ...server, bucket: await createBucket(), prefix: "a team" });
  const safe = new MeteringWriter(storage, { pageSizeBytes: 4_000 });
  const writer = ifAbsent ? safe : new MeteringWriter(storage, { pageSizeBytes: 4_000, ifExists: "overwrite" });
  for (const record of records) await writer.write(record);
  const read = [];
  for await (const { timestamp, category, selfId, data: elements } of new MeteringReader(storage).scan({
    from: minute,
    to: minute + 300,
  })) {
    read.push({ timestamp, category, selfId, data: [...elements] });
  }
  expect(read).toEqual(records);
  const code = async (record: (typeof records)[number]): Promise<unknown> =>
    safe.write(record).then(
      () => "written",
      (error: unknown) => (isMeteringError(error) ? error.code : error),
    );
  const [first] = records;
  if (first === undefined) return;
  expect(await code(first), "a second writer of a record").toBe("already-exists");
  expect(await code({ ...first, selfId: "gw_new" }), "a writer of a new record").toBe(
    ifAbsent ? "written" : "not-supported",
  );
});
