import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAzureTestServer } from "@metering/azure-test-server";
import { startOssTestServer } from "@metering/oss-test-server";
import { startS3TestServer } from "@metering/s3-test-server";
import { openStorage, type StorageConfig } from "@metering/storage-uri";
import { expect, onTestFinished, test } from "vitest";
import { eight } from "../test/buckets.ts";
import { damagedBucket } from "../test/damaged-bucket.ts";
import { meteringProcess } from "../test/process.ts";

/** An empty bucket on a server of its own, which ends with the test. */
type Start = () => Promise<StorageConfig>;

const startS3: Start = async () => {
  const server = await startS3TestServer({ buckets: ["usage"] });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const { endpoint, region, credentials } = server;
  const keys = { "access-key": credentials.accessKeyId, "secret-access-key": credentials.secretAccessKey };
  const aws = { ...keys, "s3-force-path-style": true };
  return { type: "s3", bucket: "usage", prefix: "team", endpoint, region, aws };
};

const startOss: Start = async () => {
  const server = await startOssTestServer({ bucket: "usage" });
  onTestFinished(() => server.stop());
  const { endpoint, region, credentials } = server;
  const oss = { "access-key": credentials.accessKeyId, "secret-access-key": credentials.accessKeySecret };
  return { type: "oss", bucket: "usage", prefix: "team", endpoint, region, oss };
};

const startAzure: Start = async () => {
  const server = await startAzureTestServer();
  onTestFinished(() => server.stop());
  const { endpoint, container, accountName, accountKey } = server;
  const azure = { "account-name": accountName, "account-key": accountKey };
  return { type: "azure", bucket: container, prefix: "team", endpoint, azure };
};

/** Copies a bucket as it is, and names the copy in a configuration file. */
async function configured(config: StorageConfig, from: Awaited<ReturnType<typeof damagedBucket>>) {
  await using opened = await openStorage(config);
  for await (const { key } of from.storage.list("")) await opened.storage.put(key, await from.storage.get(key));
  const folder = await mkdtemp(join(tmpdir(), "metering-cli-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, "config.json");
  await writeFile(file, JSON.stringify({ default: "copy", storages: { copy: config } }));
  return { METERING_CONFIG: file };
}

const commands: readonly (readonly string[])[] = [
  ["ls"],
  ["ls", "--in", "2025-08-22T08:00", "--show", "records", "--category", "tikv-server"],
  ["verify"],
  ["verify", "--fix"],
  ["cat", "--in", "2025-08-22"],
  ["meta"],
  ["meta", "--cluster", "a", "--at", "now"],
];

test.each([
  ["S3", startS3],
  ["OSS", startOss],
  ["Azure", startAzure],
])("%s gives the same answers as a folder with the same files", { timeout: 60_000 }, async (_, startStore) => {
  await using bucket = await damagedBucket();
  const env = await configured(await startStore(), bucket);
  for (const [command = "", ...args] of commands) {
    const [here, there] = await Promise.all([
      meteringProcess([command, bucket.folder, ...args, "--json"]),
      meteringProcess([command, "copy", ...args, "--json"], { env }),
    ]);
    expect(there.stdout, command).toBe(here.stdout);
    expect(there.code, command).toBe(here.code);
    expect(there.stdout).not.toBe("");
  }
  const key = `metering/ru/${eight}/tidb-server/tidb01-0.json.gz`;
  const [here, there] = await Promise.all([
    meteringProcess(["cat", bucket.folder, key, "--pretty"]),
    meteringProcess(["cat", key, "--pretty"], { env }),
  ]);
  expect([there.code, there.stdout]).toEqual([here.code, here.stdout]);
});
