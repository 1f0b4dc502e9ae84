// Writes metadata of a cluster, of one category of its components, and of a shared pool, and prints each key.
import { openStorage } from "@metering/example-storage";
import { MetaWriter } from "@metering/writer";

const storage = await openStorage(import.meta.dirname);
try {
  const writer = new MetaWriter(storage, { ifExists: "verify" });
  // A version never changes. A change is a new version, with the second in which it happened.
  const modifyTs = Math.floor(Date.now() / 1000);
  const versions = [
    { type: "logic", clusterId: "lc-1", metadata: { owner: "team-a", region: "eu-west-1", paying: true } },
    { type: "logic", clusterId: "lc-1", category: "tikv-server", metadata: { quota_bytes: 9_007_199_254_740_993n } },
    { type: "sharedpool", clusterId: "pool-1", metadata: { nodes: 12, members: ["lc-1", "lc-2"] } },
  ];

  console.log(`Versions of ${new Date(modifyTs * 1000).toISOString()} in ${storage.name}\n`);
  for (const version of versions) {
    const { outcome, key, bytes } = await writer.write({ ...version, modifyTs });
    console.log(`${outcome}  ${key}  ${bytes} bytes`);
  }
} finally {
  await storage.close();
}
