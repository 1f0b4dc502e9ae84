import { basename, join } from "node:path";
import { startAzureTestServer } from "@metering/azure-test-server";
import type { ObjectStorage } from "@metering/core";
import { startOssTestServer } from "@metering/oss-test-server";
import { startS3TestServer } from "@metering/s3-test-server";
import { AzureStorage } from "@metering/storage-azure";
import { LocalFsStorage } from "@metering/storage-localfs";
import { OssStorage } from "@metering/storage-oss";
import { S3Storage } from "@metering/storage-s3";
import { expect, onTestFinished } from "vitest";

/** Somewhere an example can keep its files. */
export interface Place {
  /** What leads the example there. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the example in `folder` keeps there. */
  readonly open: (folder: string) => ObjectStorage;
}

export const roleArn = "arn:aws:iam::123456789012:role/metering-writer";

export async function localPlace(): Promise<Place> {
  return { environment: {}, open: (folder) => new LocalFsStorage({ basePath: join(folder, "data") }) };
}

export async function s3Place(): Promise<Place> {
  const bucket = "usage";
  const server = await startS3TestServer({ buckets: [bucket], roles: { [roleArn]: {} } });
  onTestFinished(async () => {
    await server.close();
    expect(server.unknownRequests).toEqual([]);
  });
  const { endpoint, region, credentials } = server;
  return {
    environment: {
      S3_BUCKET: bucket,
      S3_REGION: region,
      S3_ENDPOINT: endpoint,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    open: (folder) =>
      new S3Storage({ bucket, region, endpoint, credentials, forcePathStyle: true, prefix: prefixOf(folder) }),
  };
}

export async function ossPlace(): Promise<Place> {
  const server = await startOssTestServer();
  onTestFinished(async () => {
    await server.stop();
    expect(server.unknownRequests).toEqual([]);
  });
  const { bucket, region, endpoint, credentials } = server;
  return {
    environment: {
      OSS_BUCKET: bucket,
      OSS_REGION: region,
      OSS_ENDPOINT: endpoint,
      OSS_ROLE_ARN: server.roleArn,
      OSS_STS_ENDPOINT: server.stsEndpoint,
      ALIBABA_CLOUD_ACCESS_KEY_ID: credentials.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: credentials.accessKeySecret,
    },
    open: (folder) => new OssStorage({ bucket, region, endpoint, credentials, prefix: prefixOf(folder) }),
  };
}

export async function azurePlace(): Promise<Place> {
  const server = await startAzureTestServer();
  onTestFinished(async () => {
    await server.stop();
    expect(server.unknownRequests).toEqual([]);
  });
  const { container, endpoint, accountName, accountKey } = server;
  const connectionString = `BlobEndpoint=${endpoint};AccountName=${accountName};AccountKey=${accountKey}`;
  return {
    environment: { AZURE_CONTAINER: container, AZURE_STORAGE_CONNECTION_STRING: connectionString },
    open: (folder) => new AzureStorage({ connectionString, container, prefix: prefixOf(folder) }),
  };
}

const prefixOf = (folder: string): string => `examples/${basename(folder)}`;

/** Every key that is there, in order. */
export async function storedKeys(storage: ObjectStorage): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of storage.list("")) keys.push(key);
  await storage.close();
  return keys;
}
