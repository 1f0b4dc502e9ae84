import { gunzipSync, gzipSync } from "node:zlib";
import { buildMeteringKey, type MeteringElement } from "@metering/core";
import { MetaWriter, MeteringWriter } from "@metering/writer";
import { eight, fleetBucket } from "./buckets.ts";

const gzip = (json: unknown): Uint8Array => gzipSync(typeof json === "string" ? json : JSON.stringify(json));

/** The key of a page of a damaged record. */
export function keyOf(selfId: string, part = 0, sharedPoolId?: string): string {
  return buildMeteringKey({ timestamp: eight, category: "tikv-server", selfId, part, sharedPoolId });
}

/** A small file of more spaces than readers accept. */
export function tooLargeFile(): Uint8Array {
  return gzipSync(Buffer.alloc(256 * 1024 * 1024 + 1, " "));
}

/** Twelve tenants with equal values, as an idle fleet has them. */
const idle: readonly MeteringElement[] = Array.from({ length: 12 }, (_, index) => ({
  cluster_id: `c${10 + index}`,
  requests: { value: 10, unit: "requests" },
}));

/**
 * The sound fleet, and beside it in the same minutes one of each kind of damage, each of a component named for it. Sizes and
 * contents are like those of the sound records.
 */
export async function damagedBucket() {
  const bucket = await fleetBucket();
  const { storage } = bucket;
  const writer = new MeteringWriter(storage, { pageSizeBytes: 150 });
  const write = (selfId: string, data: readonly MeteringElement[] = idle, sharedPoolId?: string) =>
    writer.write({ timestamp: eight, category: "tikv-server", selfId, data, sharedPoolId });
  const body = (selfId: string, fields: object = {}) => ({
    timestamp: eight,
    category: "tikv-server",
    self_id: selfId,
    part: 0,
    data: idle,
    parts: 1,
    ...fields,
  });

  // Pages that no reader can use.
  await storage.put(keyOf("notgzip"), new TextEncoder().encode(JSON.stringify(body("notgzip"))));
  await storage.put(keyOf("notjson"), gzip(`${JSON.stringify(body("notjson"))}}`));
  await storage.put(keyOf("shape"), gzip(body("shape", { data: { cluster_id: "a" } })));
  await storage.put(keyOf("mismatch"), gzip(body("mismatch", { timestamp: eight + 60 })));
  await storage.put(keyOf("manifest"), gzip(body("manifest", { parts: 2 })));
  await storage.put(keyOf("truncated"), gzip(body("truncated")).subarray(0, 90));

  // Records that are not whole.
  await write("nofirst");
  await storage.delete(keyOf("nofirst"));
  await write("gap");
  await storage.delete(keyOf("gap", 2));
  await write("changed");
  const page = gunzipSync(await storage.get(keyOf("changed", 1))).toString();
  await storage.put(keyOf("changed", 1), gzip(page.replace(`"value":10`, `"value":11`)));
  await write("damagedpage");
  await storage.put(keyOf("damagedpage", 1), (await storage.get(keyOf("damagedpage", 1))).subarray(0, 50));

  // Pages that belong to nobody, one of them damaged, which does not matter.
  await write("leftover", idle.slice(0, 3));
  for (const part of [2, 10]) await storage.put(keyOf("leftover", part), gzip(body("leftover", { part })));
  await storage.put(keyOf("leftover", 3), new Uint8Array(20));

  await write("twice");
  await write("twice", idle, "pool-1");
  const uncounted = [
    ...idle.slice(0, 2),
    { cluster_id: "a", requests: { value: 1.5, unit: "requests" } },
    { cluster_id: "b", requests: { value: -1, unit: "requests" } },
    { cluster_id: "c", used: { requests: { value: 1, unit: "requests" } } },
  ];
  await storage.put(keyOf("amounts"), gzip(body("amounts", { data: uncounted })));

  const metadata = new MetaWriter(storage);
  await metadata.write({ clusterId: "a", type: "logic", modifyTs: eight, metadata: { owner: "team-a" } });
  await storage.put(`metering/meta/logic/b/${eight}.json.gz`, gzip({ cluster_id: "a", type: "logic", metadata: {} }));

  await storage.put(`metering/ru/${eight}/tikv-server/10-0-0-1-0.json.gz`, gzip(body("10-0-0-1")));
  await storage.put("metering/readme.txt", new Uint8Array(3));
  return bucket;
}
