// What became known of a cluster and a pool in the course of a day.
import { MetaWriter } from "@metering/writer";

const hour = 3_600;

export async function writeSample(storage, midnight) {
  const writer = new MetaWriter(storage, { ifExists: "verify" });
  const cluster = { type: "logic", clusterId: "lc-1" };
  const pool = { type: "sharedpool", clusterId: "pool-1" };
  await writer.write({ ...cluster, modifyTs: midnight, metadata: { owner: "team-a" } });
  await writer.write({ ...cluster, modifyTs: midnight + 9 * hour, metadata: { owner: "team-b" } });
  await writer.write({ ...cluster, category: "tikv-server", modifyTs: midnight, metadata: { quota: 500 } });
  await writer.write({ ...pool, modifyTs: midnight, metadata: { nodes: 3 } });
  await writer.write({ ...pool, modifyTs: midnight + 12 * hour, metadata: { nodes: 5 } });
}
