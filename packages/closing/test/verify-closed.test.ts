import { stringifyJson, parseJson, type JsonObject } from "@metering/core";
import { MemoryStorage } from "@metering/storage-memory";
import { collect, storedKeys } from "@metering/test-helpers";
import { describe, expect, test } from "vitest";
import { closePeriod, readClosed, verifyClosed, type ClosedDifference } from "../src/index.ts";
import { day, now, recordOf, store } from "./books.ts";

async function closedDay(value = 5): Promise<MemoryStorage> {
  const storage = new MemoryStorage();
  await store(storage, recordOf("gw_1", value));
  await store(storage, recordOf("gw_2", value));
  await closePeriod(storage, { day, now, rollups: ["hour", "day"] });
  return storage;
}

const manifestKey = `metering/closed/manifests/day=${day}/0.json`;
const differences = (storage: MemoryStorage): Promise<ClosedDifference[]> => collect(verifyClosed(storage, { day }));

async function keyIn(storage: MemoryStorage, table: string): Promise<string> {
  const [key] = await storedKeys(storage, `metering/closed/${table}/`);
  if (key === undefined) throw new Error(`nothing in ${table}`);
  return key;
}

/** Changes a manifest, as somebody with write access might. */
async function forge(storage: MemoryStorage, change: (manifest: JsonObject) => JsonObject): Promise<void> {
  const manifest = parseJson(Buffer.from(await storage.get(manifestKey)).toString()) as JsonObject;
  await storage.put(manifestKey, Buffer.from(stringifyJson(change(manifest))));
}

describe("it names", () => {
  test.each(["usage", "sources", "hourly", "daily"])("a file of %s that is gone", async (table) => {
    await using storage = await closedDay();
    const key = await keyIn(storage, table);
    await storage.delete(key);
    expect(await differences(storage)).toEqual([{ day, kind: "file-missing", key }]);
  });

  test.each(["usage", "sources", "hourly", "daily"])("a file of %s with one other bit", async (table) => {
    await using storage = await closedDay();
    const key = await keyIn(storage, table);
    const bytes = await storage.get(key);
    bytes.set([(bytes[bytes.length >> 1] ?? 0) ^ 1], bytes.length >> 1);
    await storage.put(key, bytes);
    expect(await differences(storage)).toEqual([{ day, kind: "file-changed", key }]);
    if (table !== "usage") return;
    const read = collect((await readClosed(storage, { day })).usage());
    await expect(read).rejects.toMatchObject({ code: "invalid-format", key });
  });

  test("a file that no manifest names", async () => {
    await using storage = await closedDay();
    const key = (await keyIn(storage, "usage")).replace(/[0-9a-f]{16}/, "0123456789abcdef");
    await storage.put(key, new Uint8Array(8));
    expect(await differences(storage)).toEqual([{ day, kind: "leftover", key }]);
  });

  test("a sum in the manifest that is not that of its rows", async () => {
    await using storage = await closedDay();
    await forge(storage, (manifest) => ({
      ...manifest,
      totals: [{ category: "gateway", meter: "stored", unit: "bytes", value: "11" }],
    }));
    expect(await differences(storage)).toMatchObject([{ kind: "total", in: "manifest", value: 11n, rows: 10n }]);
  });

  test("rows that say something else than the record that they came from", async () => {
    await using storage = await closedDay(5);
    await using other = await closedDay(6);
    // The files of another day's usage, under a manifest that vouches for them.
    const usage = await keyIn(storage, "usage");
    await storage.put(usage, await other.get(await keyIn(other, "usage")));
    const ofOther = (await readClosed(other, { day })).days[0]?.closings[0];
    const { closing = "", files = [] } = ofOther ?? {};
    const sha256 = files.find(({ table }) => table === "usage")?.sha256 ?? "";
    await forge(storage, (manifest) => ({
      ...manifest,
      closing,
      files: (manifest["files"] as readonly JsonObject[]).map((file) =>
        file["table"] === "usage" ? { ...file, sha256 } : file,
      ),
    }));
    const found = await differences(storage);
    expect(found.filter(({ kind }) => kind === "usage")).toMatchObject([
      { record: { selfId: "gw_1" }, meter: "stored", closed: 6n, stored: 5n },
      { record: { selfId: "gw_2" }, meter: "stored", closed: 6n, stored: 5n },
    ]);
    expect(found.flatMap((one) => (one.kind === "total" ? [one.in] : [])).sort()).toEqual([
      "daily",
      "hourly",
      "manifest",
    ]);
  });

  test("a record that cannot be read any more", async () => {
    await using storage = await closedDay();
    const [key = ""] = await storedKeys(storage, "metering/ru/");
    await storage.put(key, new TextEncoder().encode("no gzip"));
    expect(await differences(storage)).toMatchObject([{ kind: "unusable", error: { code: "invalid-format", key } }]);
  });
});

test("a manifest of a later version is refused, never taken for an open day", async () => {
  await using storage = await closedDay();
  await forge(storage, (manifest) => ({ ...manifest, version: 2 }));
  await expect(readClosed(storage, { day })).rejects.toMatchObject({ code: "invalid-format", key: manifestKey });
  await expect(closePeriod(storage, { day, now })).rejects.toMatchObject({ code: "invalid-format" });
});
