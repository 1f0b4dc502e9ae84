import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerClient } from "@azure/storage-blob";
import type { ObjectStorage } from "@metering/core";
import { LocalFsStorage } from "@metering/storage-localfs";

/**
 * Where things are kept, as a text that another process can be given: a folder's path, `s3:` and a bucket, or `azure:` and
 * a container.
 */
export type Place = string;

const bucketMark = "s3:";
const containerMark = "azure:";

/** A handle on the place. Needs the environment of `with-ceph` for a bucket, and of `with-azurite` for a container. */
export async function openPlace(place: Place): Promise<ObjectStorage> {
  if (place.startsWith(containerMark)) {
    const { AzureStorage } = await import("@metering/storage-azure");
    return new AzureStorage({ ...azurite(), container: place.slice(containerMark.length) });
  }
  if (!place.startsWith(bucketMark)) return new LocalFsStorage({ basePath: place });
  // Loading the client of S3 takes longer than most processes here live.
  const { S3Storage } = await import("@metering/storage-s3");
  return new S3Storage({ ...realServer(), bucket: place.slice(bucketMark.length), forcePathStyle: true });
}

/** A new folder that goes away by itself. */
export async function createFolder(): Promise<{ readonly place: Place } & AsyncDisposable> {
  const place = await mkdtemp(join(tmpdir(), "metering-trust-"));
  return { place, [Symbol.asyncDispose]: () => rm(place, { recursive: true, force: true }) };
}

/** A new bucket on the real server. It goes away with the server. */
export async function createBucket(): Promise<Place> {
  const { CreateBucketCommand, S3Client } = await import("@aws-sdk/client-s3");
  const bucket = `trust-${randomUUID()}`;
  const admin = new S3Client({ ...realServer(), forcePathStyle: true });
  await admin.send(new CreateBucketCommand({ Bucket: bucket }));
  admin.destroy();
  return bucketMark + bucket;
}

/** A new container on Azurite. It goes away with it. */
export async function createContainer(): Promise<Place> {
  const place = `${containerMark}trust-${randomUUID()}`;
  await (await containerAt(place)).create();
  return place;
}

/** The Azure SDK's own client of the place. */
export async function containerAt(place: Place): Promise<ContainerClient> {
  const { BlobServiceClient, StorageSharedKeyCredential } = await import("@azure/storage-blob");
  const { endpoint, accountName, accountKey } = azurite();
  const service = new BlobServiceClient(endpoint, new StorageSharedKeyCredential(accountName, accountKey));
  return service.getContainerClient(place.slice(containerMark.length));
}

/** Whether there is a real server to test on. */
export const hasRealServer = process.env["S3_ENDPOINT"] !== undefined;

/** What a test says that needs the real server and has none. */
export const howToGetRealServer =
  "needs a real S3 server: run it through internal/ceph/with-ceph, or set S3_ENDPOINT and its like";

function setting(name: string, howToGetIt: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set; this ${howToGetIt}.`);
  return value;
}

function realServer() {
  return {
    endpoint: setting("S3_ENDPOINT", howToGetRealServer),
    region: setting("S3_REGION", howToGetRealServer),
    credentials: {
      accessKeyId: setting("S3_ACCESS_KEY_ID", howToGetRealServer),
      secretAccessKey: setting("S3_SECRET_ACCESS_KEY", howToGetRealServer),
    },
  };
}

function azurite() {
  const howToGetIt = "needs Azurite: run it through internal/azurite/with-azurite";
  return {
    endpoint: setting("AZURE_ENDPOINT", howToGetIt),
    accountName: setting("AZURE_ACCOUNT_NAME", howToGetIt),
    accountKey: setting("AZURE_ACCOUNT_KEY", howToGetIt),
  };
}
