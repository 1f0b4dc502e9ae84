import { MeteringReader } from "@metering/reader";
import { withFaults } from "@metering/storage-kit";
import { MemoryStorage } from "@metering/storage-memory";
import { collect } from "@metering/test-helpers";
import { MeteringWriter } from "@metering/writer";
import { expect, it } from "vitest";

const start = 1755850380;
const range = { from: start, to: start + 120 };

async function bucket(): Promise<MemoryStorage> {
  const storage = new MemoryStorage();
  const writer = new MeteringWriter(storage, { pageSizeBytes: 1 });
  const data = [{ n: 1 }, { n: 2 }];
  for (const timestamp of [start - 60, start, start + 60, start + 120]) {
    await writer.write({ timestamp, category: "pd", selfId: "b", data });
    await writer.write({ timestamp, category: "pd", selfId: "a", sharedPoolId: "p", data: [] });
  }
  // Its writer was interrupted.
  await storage.delete(`metering/ru/${start + 60}/pd/b-0.json.gz`);
  return storage;
}

it("gives the pages of each record of a range, complete or not, from one listing and no download", async () => {
  const storage = withFaults(await bucket(), () => undefined);
  const found = new MeteringReader(storage).listRecords(range);
  const keys = (await collect(found)).map((files) => files.map(({ key }) => key.replace("metering/ru/", "")));
  expect(keys).toStrictEqual([
    [`${start}/pd/b-0.json.gz`, `${start}/pd/b-1.json.gz`],
    [`${start}/pd/p/a-0.json.gz`],
    [`${start + 60}/pd/b-1.json.gz`],
    [`${start + 60}/pd/p/a-0.json.gz`],
  ]);
  expect(storage.counts).toMatchObject({ list: 1, get: 0, head: 0 });
  // Each iteration lists anew.
  expect(await collect(found)).toHaveLength(4);
});

it("heeds filters, the signal and onFinding as a scan does", async () => {
  const storage = await bucket();
  const reader = new MeteringReader(storage);
  expect(await collect(reader.listRecords({ ...range, sharedPoolId: "p" }))).toHaveLength(2);
  await expect(collect(reader.listRecords(range, { signal: AbortSignal.abort() }))).rejects.toThrow(/abort/i);

  await storage.put(`metering/ru/${start}/pd/notes.txt`, new Uint8Array());
  await expect(collect(reader.listRecords(range))).rejects.toMatchObject({ code: "unknown-key" });
  const codes: string[] = [];
  const found = await collect(reader.listRecords(range, { onFinding: ({ code }) => codes.push(code) }));
  expect(found).toHaveLength(4);
  expect(codes).toStrictEqual(["unknown-key"]);
});

it("refuses a wrong range before anything is listed", () => {
  const reader = new MeteringReader(new MemoryStorage());
  expect(() => reader.listRecords({ from: start, to: start })).toThrow(
    expect.objectContaining({ code: "invalid-argument" }),
  );
});
