import { Spool } from "@metering/spool";
import { LocalFsStorage } from "@metering/storage-localfs";
import { memfs } from "memfs";
import { expect, test } from "vitest";

test("a spool on a folder that does not exist creates it, and has nothing queued", async () => {
  const { fs } = memfs();
  const folder = new LocalFsStorage({ basePath: "/spool/not/there/yet", fs });
  const target = new LocalFsStorage({ basePath: "/bucket/not/there/yet", fs });
  const spool = new Spool(folder, target, { maxBytes: 1_000_000 });
  expect((await spool.status()).waiting).toBe(0);
  await spool.write({ timestamp: 1755850380, category: "tidb-server", selfId: "tidb01", data: [] });
  await spool.drain();
  await spool.close();
  expect(await target.head("metering/ru/1755850380/tidb-server/tidb01-0.json.gz")).toBeDefined();
});
