import { Readable } from "node:stream";
import type {
  HeadObjectCommandOutput,
  PutObjectCommandInput,
  PutObjectCommandOutput,
  S3Client,
} from "@aws-sdk/client-s3";
import { isMeteringError, MeteringError, type PutResult } from "@metering/core";
import { type ObjectRequests, readBody } from "@metering/storage-kit";
import { hostOf, type S3Module } from "./client.ts";
import type { Connection } from "./connection.ts";
import { readCause, refusesCredentials, S3Cause } from "./errors.ts";
import { limitPage, readPage } from "./listing.ts";
import type { S3StorageOptions } from "./options.ts";

/** Name of the metadata entry by which a writer recognises its own object. */
const writeIdName = "metering-write-id";

// The partitions of AWS. AWS supports conditional writes; any other store must prove it.
const awsHost = /(^|\.)(amazonaws\.(com|com\.cn|eu)|c2s\.ic\.gov|sc2s\.sgov\.gov)$/;

/** The parameters of every put that say how the object is stored. */
function atRest({ encryption, storageClass }: S3StorageOptions): Partial<PutObjectCommandInput> {
  const kms = encryption?.type === "sse-kms" ? encryption : undefined;
  return {
    ...(encryption === undefined ? {} : { ServerSideEncryption: kms === undefined ? "AES256" : "aws:kms" }),
    ...(kms?.keyId === undefined ? {} : { SSEKMSKeyId: kms.keyId }),
    ...(storageClass === undefined ? {} : { StorageClass: storageClass }),
  };
}

/** A response that S3 never sends, such as a proxy's or a login page. */
function strangeAnswer(problem: string): MeteringError {
  return new MeteringError(
    "storage-failure",
    `The response ${problem}, so it does not come from S3. Check endpoint and proxies.`,
  );
}

function toResult({ ETag: etag }: Pick<PutObjectCommandOutput, "ETag">): PutResult {
  if (etag === undefined) throw strangeAnswer("to a put has no ETag");
  return { etag };
}

/** The requests to one bucket, each sent once. Names include the prefix. */
export function createRequests(connection: Connection, options: S3StorageOptions): ObjectRequests {
  const { bucket: Bucket } = options;
  const kept = atRest(options);
  let bucketSeen = false;

  /** Sends with the current client. Errors are redacted before they are passed on. */
  async function send<Answer>(
    signal: AbortSignal,
    request: (client: S3Client, sdk: S3Module) => Promise<Answer>,
  ): Promise<Answer> {
    const { sdk, client, refuse, secrets } = await connection.connect(signal);
    try {
      return await request(client, sdk);
    } catch (error) {
      // The SDK attaches the response to every error thrown inside it.
      if (isMeteringError(error)) throw new MeteringError(error.code, error.message, { cause: error.cause });
      throw readCause(error, await secrets(), refusesCredentials(error) && refuse());
    }
  }

  const put = (input: Omit<PutObjectCommandInput, "Bucket">, abortSignal: AbortSignal): Promise<PutResult> =>
    send(abortSignal, async (client, sdk) =>
      toResult(await client.send(new sdk.PutObjectCommand({ Bucket, ...kept, ...input }), { abortSignal })),
    );

  async function head(Key: string, abortSignal: AbortSignal): Promise<HeadObjectCommandOutput | undefined> {
    try {
      return await send(abortSignal, (client, sdk) =>
        client.send(new sdk.HeadObjectCommand({ Bucket, Key }), { abortSignal }),
      );
    } catch (error) {
      if (!(error instanceof S3Cause) || error.status !== 404 || error.isPage) throw error;
      await checkBucket(abortSignal);
      return undefined;
    }
  }

  /** A 404 to HEAD has no body, so it does not say whether the object or the bucket is missing. */
  async function checkBucket(abortSignal: AbortSignal): Promise<void> {
    if (bucketSeen) return;
    try {
      await send(abortSignal, (client, sdk) => client.send(new sdk.HeadBucketCommand({ Bucket }), { abortSignal }));
    } catch (error) {
      const status = error instanceof S3Cause ? error.status : undefined;
      if (status === 404) {
        throw new MeteringError(
          "bucket-not-found",
          `There is no bucket ${Bucket}. Create it, or correct the option bucket.`,
        );
      }
      // 403 means that the bucket exists.
      if (status !== 403) throw error;
    }
    bucketSeen = true;
  }

  const remove = async (Key: string, abortSignal: AbortSignal): Promise<void> => {
    await send(abortSignal, (client, sdk) =>
      client.send(new sdk.DeleteObjectCommand({ Bucket, Key }), { abortSignal }),
    );
  };

  return {
    put: (Key, Body, signal) => put({ Key, Body }, signal),
    conditional: (Key, Body) => ({
      put: (writeId, signal) => put({ Key, Body, IfNoneMatch: "*", Metadata: { [writeIdName]: writeId } }, signal),
      async find(signal) {
        const found = await head(Key, signal);
        return found && { writeId: found.Metadata?.[writeIdName], etag: found.ETag };
      },
      remove: (signal) => remove(Key, signal),
      refusalOf(error) {
        if (!(error instanceof S3Cause) || (error.name !== "PreconditionFailed" && error.status !== 412))
          return undefined;
        // A caller's client makes attempts of its own.
        return { certain: error.name === "PreconditionFailed", repeated: error.attempts > 1 };
      },
      isForbidden: (error) =>
        error instanceof S3Cause && error.status === 403 && error.name !== "SignatureDoesNotMatch",
      isTrusted: (signal) => send(signal, async (client, sdk) => awsHost.test(await hostOf(sdk, client, Bucket))),
    }),
    get: (Key, maxBytes, abortSignal) =>
      send(abortSignal, async (client, sdk) => {
        const { Body, ContentLength, $metadata } = await client.send(new sdk.GetObjectCommand({ Bucket, Key }), {
          abortSignal,
        });
        if (!(Body instanceof Readable)) throw strangeAnswer("has no readable body");
        try {
          if ($metadata.httpStatusCode !== 200) throw strangeAnswer(`has the status ${$metadata.httpStatusCode}`);
          return await readBody(Body, { expectedBytes: ContentLength, maxBytes });
        } catch (error) {
          Body.destroy();
          if (isMeteringError(error)) throw error;
          const { message } = readCause(error);
          throw new MeteringError(
            "unavailable",
            `The body was truncated or damaged in transit (${message}). Call again.`,
            {
              cause: readCause(error),
            },
          );
        }
      }),
    async head(name, signal) {
      const found = await head(name, signal);
      if (found === undefined) return undefined;
      const { ContentLength: size, ETag: etag, LastModified: lastModified } = found;
      if (size === undefined || lastModified === undefined) throw strangeAnswer("to a head has no length or time");
      return { size, etag, lastModified };
    },
    delete: remove,
    listPage: ({ namePrefix, startAfter, token }, abortSignal) =>
      send(abortSignal, async (client, sdk) => {
        const command = new sdk.ListObjectsV2Command({
          Bucket,
          Prefix: namePrefix,
          // Control characters in names are not valid XML.
          EncodingType: "url",
          ...(startAfter === undefined ? {} : { StartAfter: startAfter }),
          ...(token === undefined ? {} : { ContinuationToken: token }),
        });
        return readPage(await client.send(limitPage(command), { abortSignal }));
      }),
    close: () => connection.close(),
  };
}
