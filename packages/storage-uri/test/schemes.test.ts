import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAzureTestServer } from "@metering/azure-test-server";
import { MeteringReader } from "@metering/reader";
import { startOssTestServer } from "@metering/oss-test-server";
import { startS3TestServer } from "@metering/s3-test-server";
import { MeteringWriter } from "@metering/writer";
import { expect, onTestFinished, test } from "vitest";
import { openStorage, type StorageConfig } from "../src/index.ts";

const accept = { secrets: "accept" } as const;
const timestamp = 1755850380;

/** Writes a record through one address or configuration, and reads it through another. */
async function roundTrip(from: string | StorageConfig, to = from): Promise<string> {
  await using written = await openStorage(from, accept);
  const writer = new MeteringWriter(written.storage, { sharedPoolId: written.sharedPoolId });
  await writer.write({ timestamp, category: "gateway", selfId: "gw01", data: [{ logical_cluster_id: "lc-1" }] });
  await using read = await openStorage(to, accept);
  const scan = new MeteringReader(read.storage).scan({ from: timestamp, to: timestamp + 60 });
  const found = [];
  for await (const { sharedPoolId } of scan) found.push(sharedPoolId);
  expect(found).toEqual([written.sharedPoolId]);
  return written.address;
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "metering-uri-"));
  onTestFinished(() => rm(path, { recursive: true }));
  return path;
}

/** The address with its parameters escaped. */
const withParameters = (address: string, parameters: Record<string, string>): string =>
  `${address}?${new URLSearchParams(parameters).toString()}`;

test("a record goes to a folder and back, under a prefix and with the permissions that were asked for", async () => {
  const path = await folder();
  const address = `file://${path}/new?prefix=team/a&permissions=0700&shared-pool-id=pool-1`;
  expect(await roundTrip(address, `localfs://${path}/new/team/a?create-dirs=false`)).toBe(
    `localfs://${path}/new?permissions=0700&prefix=team%2Fa&shared-pool-id=pool-1`,
  );
  expect((await stat(join(path, "new/team"))).mode & 0o777).toBe(0o700);
  const [file = ""] = (await readdir(path, { recursive: true })).filter((name) => name.endsWith(".gz"));
  expect((await stat(join(path, file))).mode & 0o777).toBe(0o600);
  await roundTrip(`${path}/plain`, `file://${path}/plain`);
});

test("opening a folder creates nothing, and with create-dirs=false writing does not either", async () => {
  const path = await folder();
  await using opened = await openStorage(`file://${path}/none?create-dirs=false`);
  expect(await readdir(path)).toEqual([]);
  await expect(opened.storage.put("key", new Uint8Array())).rejects.toMatchObject({ code: "bucket-not-found" });
  expect(await readdir(path)).toEqual([]);
});

test("a record goes to S3 and back, also with a role", async () => {
  const role = "arn:aws:iam::123456789012:role/metering-writer";
  await using server = await startS3TestServer({ buckets: ["usage"], roles: { [role]: {} } });
  const { endpoint, region, credentials } = server;
  const keys = { "access-key": credentials.accessKeyId, "secret-access-key": credentials.secretAccessKey };
  const place = { endpoint, region, "force-path-style": "true" };
  const address = withParameters("s3://usage/team%20a", { ...place, ...keys });
  expect(await roundTrip(address)).toBe(
    `s3://usage/team%20a?endpoint=${encodeURIComponent(endpoint)}&region-id=${region}&s3-force-path-style=true`,
  );
  expect(server.count("AssumeRole")).toBe(0);
  await roundTrip(withParameters("s3://usage/by-role", { ...place, ...keys, "assume-role-arn": role }));
  expect(server.count("AssumeRole")).toBe(2);
  expect(server.unknownRequests).toEqual([]);
});

test("a record goes to OSS and back", async () => {
  const server = await startOssTestServer({ bucket: "usage" });
  onTestFinished(() => server.stop());
  const { endpoint, region, credentials } = server;
  const keys = { "access-key": credentials.accessKeyId, "secret-access-key": credentials.accessKeySecret };
  const address = withParameters("oss://usage/team", { endpoint, region, ...keys });
  expect(await roundTrip(address, { type: "oss", bucket: "usage", prefix: "team", endpoint, region, oss: keys })).toBe(
    `oss://usage/team?endpoint=${encodeURIComponent(endpoint)}&region-id=${region}`,
  );
  expect(server.unknownRequests).toEqual([]);
});

test("a record goes to Azure and back, with a key and with a signature", async () => {
  const server = await startAzureTestServer();
  onTestFinished(() => server.stop());
  const { endpoint, container, accountName, accountKey, sasToken } = server;
  const withKey = { endpoint, "account-name": accountName, "account-key": accountKey };
  const withSignature = { endpoint, "sas-token": sasToken };
  const written = await roundTrip(
    withParameters(`azure://${container}/team`, withKey),
    withParameters(`azblob://${container}/team`, withSignature),
  );
  expect(written).toBe(
    `azure://${container}/team?account-name=${accountName}&endpoint=${encodeURIComponent(endpoint)}`,
  );
  expect(server.unknownRequests).toEqual([]);
});
