import type { HeadObjectCommandOutput, PutObjectCommandInput, S3Client } from "@aws-sdk/client-s3";
import { MeteringError, type PutResult } from "@metering/core";
import { readBody } from "./body.ts";
import type { S3Module } from "./client.ts";
import { readClientError } from "./client-error.ts";
import type { ListingPage } from "./listing.ts";
import type { S3StorageOptions } from "./options.ts";
import { type ConditionalRequests, writeIdName } from "./put-if-absent.ts";

/** The requests to one bucket, each sent once. Names are whole, with the prefix. */
export interface Requests {
  put(name: string, body: Uint8Array, signal: AbortSignal): Promise<PutResult>;
  /** What a put takes that stores only where nothing is. */
  conditional(name: string, body: Uint8Array): ConditionalRequests;
  get(name: string, maxBytes: number | undefined, signal: AbortSignal): Promise<Uint8Array>;
  /** `undefined` where there is no such object. */
  head(name: string, signal: AbortSignal): Promise<HeadObjectCommandOutput | undefined>;
  delete(name: string, signal: AbortSignal): Promise<void>;
  listPage(from: ListingStart, token: string | undefined, signal: AbortSignal): Promise<ListingPage>;
  /** Closes the connections. */
  destroy(): void;
}

/** Where a listing starts. */
interface ListingStart {
  readonly namePrefix: string;
  readonly startAfter: string | undefined;
}

/** What every put says of how the object is kept. */
function atRest({ encryption, storageClass }: S3StorageOptions): Partial<PutObjectCommandInput> {
  const kms = encryption?.type === "sse-kms" ? encryption : undefined;
  return {
    ...(encryption === undefined ? {} : { ServerSideEncryption: kms === undefined ? "AES256" : "aws:kms" }),
    ...(kms?.keyId === undefined ? {} : { SSEKMSKeyId: kms.keyId }),
    ...(storageClass === undefined ? {} : { StorageClass: storageClass }),
  };
}

export function createRequests(sdk: S3Module, client: S3Client, options: S3StorageOptions): Requests {
  const { bucket: Bucket } = options;
  const kept = atRest(options);
  let bucketSeen = false;

  async function put(input: Omit<PutObjectCommandInput, "Bucket">, abortSignal: AbortSignal): Promise<PutResult> {
    const { ETag: etag } = await client.send(new sdk.PutObjectCommand({ Bucket, ...kept, ...input }), { abortSignal });
    return { etag };
  }

  async function head(Key: string, abortSignal: AbortSignal): Promise<HeadObjectCommandOutput | undefined> {
    try {
      return await client.send(new sdk.HeadObjectCommand({ Bucket, Key }), { abortSignal });
    } catch (error) {
      if (readClientError(error).status !== 404) throw error;
      await checkBucket(abortSignal);
      return undefined;
    }
  }

  /** The answer to HEAD has no body, so that it does not tell a missing object from a missing bucket. */
  async function checkBucket(abortSignal: AbortSignal): Promise<void> {
    if (bucketSeen) return;
    try {
      await client.send(new sdk.HeadBucketCommand({ Bucket }), { abortSignal });
    } catch (error) {
      const { status } = readClientError(error);
      if (status === 404) {
        throw new MeteringError("bucket-not-found", `There is no bucket ${Bucket}. Create it, or correct the option.`);
      }
      // A bucket that one may not ask for is there.
      if (status !== 403) throw error;
    }
    bucketSeen = true;
  }

  return {
    put: (Key, Body, signal) => put({ Key, Body }, signal),
    conditional: (Key, Body) => ({
      put: (writeId, signal) => put({ Key, Body, IfNoneMatch: "*", Metadata: { [writeIdName]: writeId } }, signal),
      head: (signal) => head(Key, signal),
    }),
    async get(Key, maxBytes, abortSignal) {
      const answer = await client.send(new sdk.GetObjectCommand({ Bucket, Key }), { abortSignal });
      return readBody(answer.Body, { contentLength: answer.ContentLength, maxBytes });
    },
    head,
    async delete(Key, abortSignal) {
      await client.send(new sdk.DeleteObjectCommand({ Bucket, Key }), { abortSignal });
    },
    listPage: ({ namePrefix, startAfter }, token, abortSignal) =>
      client.send(
        new sdk.ListObjectsV2Command({
          Bucket,
          Prefix: namePrefix,
          // A name with control characters is no valid XML as it is.
          EncodingType: "url",
          ...(startAfter === undefined ? {} : { StartAfter: startAfter }),
          ...(token === undefined ? {} : { ContinuationToken: token }),
        }),
        { abortSignal },
      ),
    destroy: () => client.destroy(),
  };
}
