import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import type { ObjectDisk, ObjectMeta } from "./object-disk.ts";
import { listObjects } from "./list-objects.ts";
import { S3Error } from "./s3-error.ts";
import type { S3Request } from "./s3-request.ts";

export interface S3Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

/** The requests that the server knows. */
export type Operation =
  | "AssumeRole"
  | "CreateBucket"
  | "HeadBucket"
  | "ListObjectsV2"
  | "PutObject"
  | "GetObject"
  | "HeadObject"
  | "DeleteObject";

/** How `If-None-Match: *` of a put is answered: as S3 does, or as stores that do not know it do. */
export type ConditionalWrites = "honoured" | "ignored" | "not-implemented";

const keptHeaders = ["content-type", "x-amz-storage-class", "x-amz-server-side-encryption", "x-amz-checksum-crc32"];
const isKept = (name: string): boolean =>
  keptHeaders.includes(name) || name.startsWith("x-amz-meta-") || name.startsWith("x-amz-server-side-encryption-");

const bigEndian = (value: number): string => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes.toString("base64");
};

function checkDigests({ headers, body }: S3Request): void {
  const wrong =
    (headers["content-md5"] !== undefined &&
      headers["content-md5"] !== createHash("md5").update(body).digest("base64")) ||
    (headers["x-amz-checksum-crc32"] !== undefined && headers["x-amz-checksum-crc32"] !== bigEndian(crc32(body)));
  if (wrong) throw new S3Error(400, "BadDigest", "The checksum you specified did not match what we received.");
}

function responseHeaders(meta: ObjectMeta, request: S3Request): Record<string, string> {
  const headers: Record<string, string> = {
    ...meta.headers,
    etag: meta.etag,
    "last-modified": new Date(meta.lastModifiedMs).toUTCString(),
    "content-length": String(meta.size),
  };
  if (request.headers["x-amz-checksum-mode"] !== "ENABLED") delete headers["x-amz-checksum-crc32"];
  return headers;
}

function putObject(disk: ObjectDisk, request: S3Request, conditionalWrites: ConditionalWrites): S3Answer {
  const condition = request.headers["if-none-match"];
  if (condition !== undefined && (condition !== "*" || conditionalWrites === "not-implemented")) {
    throw new S3Error(501, "NotImplemented", "A header you provided implies functionality that is not implemented.");
  }
  if (request.name.length * 3 > 1024 && Buffer.byteLength(request.name) > 1024) {
    throw new S3Error(400, "KeyTooLongError", "Your key is too long");
  }
  checkDigests(request);
  if (condition === "*" && conditionalWrites === "honoured" && disk.meta(request.bucket, request.name) !== undefined) {
    throw new S3Error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
      fields: { Condition: "If-None-Match" },
    });
  }
  const etag = `"${createHash("md5").update(request.body).digest("hex")}"`;
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => isKept(name)));
  disk.write(request.bucket, request.name, request.body, {
    etag,
    // Last-Modified has whole seconds everywhere, also in listings.
    lastModifiedMs: Math.floor(Date.now() / 1000) * 1000,
    size: request.body.length,
    headers,
  });
  return { status: 200, headers: { etag } };
}

function getObject(disk: ObjectDisk, request: S3Request): S3Answer {
  const meta = disk.meta(request.bucket, request.name);
  if (meta === undefined) {
    throw new S3Error(404, "NoSuchKey", "The specified key does not exist.", { fields: { Key: request.name } });
  }
  const headers = responseHeaders(meta, request);
  return request.method === "HEAD"
    ? { status: 200, headers }
    : { status: 200, headers, body: disk.body(request.bucket, request.name) };
}

function deleteObject(disk: ObjectDisk, request: S3Request): S3Answer {
  disk.remove(request.bucket, request.name);
  return { status: 204 };
}

const bucketName = /^(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

function createBucket(disk: ObjectDisk, request: S3Request): S3Answer {
  if (!bucketName.test(request.bucket)) {
    throw new S3Error(400, "InvalidBucketName", "The specified bucket is not valid.");
  }
  disk.createBucket(request.bucket);
  return { status: 200, headers: { location: `/${request.bucket}` } };
}

/** What differs between servers. */
export interface ServerBehaviour {
  readonly conditionalWrites: ConditionalWrites;
  /** Most keys in one response of a listing. */
  readonly pageSize: number;
}

/** Carries out a request that was recognised and authenticated. */
export function carryOut(
  operation: Exclude<Operation, "AssumeRole">,
  disk: ObjectDisk,
  request: S3Request,
  { conditionalWrites, pageSize }: ServerBehaviour,
): S3Answer {
  if (operation === "CreateBucket") return createBucket(disk, request);
  if (!disk.hasBucket(request.bucket)) {
    throw new S3Error(404, "NoSuchBucket", "The specified bucket does not exist", {
      fields: { BucketName: request.bucket },
    });
  }
  switch (operation) {
    case "HeadBucket":
      return { status: 200 };
    case "ListObjectsV2":
      return {
        status: 200,
        headers: { "content-type": "application/xml" },
        body: listObjects(disk, request, pageSize),
      };
    case "PutObject":
      return putObject(disk, request, conditionalWrites);
    case "GetObject":
    case "HeadObject":
      return getObject(disk, request);
    default:
      return deleteObject(disk, request);
  }
}
