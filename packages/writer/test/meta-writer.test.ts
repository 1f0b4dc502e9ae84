import { decodeMetadata, type Metadata } from "@metering/core";
import { MetaWriter } from "@metering/writer";
import { expect, it } from "vitest";
import { MemoryStorage } from "@metering/storage-memory";
import { storedKeys } from "@metering/test-helpers";

const metadata: Metadata = {
  type: "logic",
  clusterId: "lc-1",
  modifyTs: 1755850000,
  metadata: { owner: "team", size: 2n ** 60n },
};
const key = "metering/meta/logic/lc-1/1755850000.json.gz";

it("stores metadata of both types, with and without a category, exactly", async () => {
  const storage = new MemoryStorage();
  const writer = new MetaWriter(storage);
  const versions: Metadata[] = [
    metadata,
    { ...metadata, type: "sharedpool" },
    { ...metadata, category: "tidb-server" },
  ];
  for (const version of versions) {
    const receipt = await writer.write(version);
    expect(receipt.outcome).toBe("created");
    expect(await decodeMetadata(receipt.key, await storage.get(receipt.key))).toStrictEqual({
      key: receipt.key,
      ...version,
    });
  }
  expect(await storedKeys(storage)).toStrictEqual([
    key,
    "metering/meta/logic/tidb-server/lc-1/1755850000.json.gz",
    "metering/meta/sharedpool/lc-1/1755850000.json.gz",
  ]);
});

it("rejects invalid input before anything is stored", async () => {
  const storage = new MemoryStorage();
  await expect(new MetaWriter(storage).write({ ...metadata, modifyTs: 0 })).rejects.toMatchObject({
    code: "invalid-record",
  });
  expect(await storedKeys(storage)).toStrictEqual([]);
});

it.each([
  ["error", "same", "already-exists", undefined],
  ["verify", "same", undefined, "unchanged"],
  ["verify", "other", "already-exists", undefined],
  ["overwrite", "other", undefined, "replaced"],
] as const)(
  "treats a version that is there by the rule %s, here of the %s content",
  async (ifExists, content, code, outcome) => {
    const again = content === "same" ? metadata : { ...metadata, metadata: { owner: "other" } };
    const storage = new MemoryStorage();
    await new MetaWriter(storage).write(metadata);
    const second = new MetaWriter(storage, { ifExists }).write(again);
    if (code !== undefined) await expect(second).rejects.toMatchObject({ code, key });
    else expect((await second).outcome).toBe(outcome);
    const { metadata: now } = await decodeMetadata(key, await storage.get(key));
    expect(now).toStrictEqual(outcome === "replaced" ? again.metadata : metadata.metadata);
  },
);
