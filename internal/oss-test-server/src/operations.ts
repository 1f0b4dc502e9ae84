import { createHash } from "node:crypto";
import type { Disk, StoredObject } from "./disk.ts";
import { OssError, xmlDocument } from "./oss-error.ts";
import type { OssRequest, Verb } from "./request.ts";
import { encodeRfc3986 } from "./signed-request.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What differs between buckets. */
interface BucketSettings {
  /** Versioning is suspended: each object has one version, of the id `null`, and no overwrite is forbidden. */
  readonly versioning: boolean;
  /** Most keys in one response of a listing. */
  readonly pageSize: number;
}

type Operation = (disk: Disk, request: OssRequest, settings: BucketSettings) => Answer;

/** The object operations, given a request whose signature and bucket are good. */
export const operations: Readonly<Record<Exclude<Verb, "assumeRole">, Operation>> = {
  put(disk, { bucket, key, headers, body }, { versioning }) {
    checkKey(key);
    const md5 = createHash("md5").update(body).digest("base64");
    if (headers["content-md5"] !== undefined && headers["content-md5"] !== md5) {
      throw new OssError(400, "InvalidDigest", "The Content-MD5 you specified was invalid.");
    }
    if (headers["content-length"] === undefined) {
      throw new OssError(411, "MissingContentLength", "You must provide the Content-Length HTTP header.");
    }
    const kept = Object.entries(headers).filter(([name]) => name === "content-type" || name.startsWith("x-oss-meta-"));
    const forbidOverwrite = headers["x-oss-forbid-overwrite"] === "true" && !versioning;
    if (!disk.write(bucket, key, body, Object.fromEntries(kept), forbidOverwrite)) {
      throw new OssError(
        409,
        "FileAlreadyExists",
        "The object you specified already exists and can not be overwritten.",
      );
    }
    const stored = existing(disk, bucket, key);
    const checksums = { etag: stored.etag, "content-md5": md5, "x-oss-hash-crc64ecma": stored.crc64 };
    return empty(200, versioning ? { ...checksums, "x-oss-version-id": "null" } : checksums);
  },

  get(disk, { bucket, key }) {
    const stored = existing(disk, bucket, key);
    return { status: 200, headers: objectHeaders(stored), body: stored.body };
  },

  head(disk, { bucket, key }) {
    const stored = existing(disk, bucket, key);
    return empty(200, { ...objectHeaders(stored), "content-length": String(stored.body.length) });
  },

  delete(disk, { bucket, key }) {
    disk.remove(bucket, key);
    return empty(204);
  },

  list(disk, { bucket, query }, { pageSize }) {
    const maxKeys = Number(query.get("max-keys") ?? 100);
    if (!Number.isInteger(maxKeys) || maxKeys < 1 || maxKeys > 1000) {
      throw new OssError(400, "InvalidArgument", "max-keys must be an integer between 1 and 1000.");
    }
    const prefix = query.get("prefix") ?? "";
    const token = query.get("continuation-token");
    const after = token === undefined ? query.get("start-after") : Buffer.from(token, "base64").toString();
    const keys = disk.keys(bucket).filter((key) => key.startsWith(prefix) && isAfter(key, after));
    const page = keys.slice(0, Math.min(maxKeys, pageSize));
    const last = page.at(-1);
    const isTruncated = keys.length > page.length && last !== undefined;
    const encode = query.get("encoding-type") === "url" ? encodeRfc3986 : (text: string): string => text;
    const xml = xmlDocument("ListBucketResult", {
      Name: bucket,
      Prefix: encode(prefix),
      StartAfter: query.has("start-after") ? encode(query.get("start-after") ?? "") : undefined,
      ContinuationToken: token,
      MaxKeys: maxKeys,
      EncodingType: query.get("encoding-type"),
      IsTruncated: isTruncated,
      NextContinuationToken: isTruncated ? Buffer.from(last).toString("base64") : undefined,
      Contents: page.map((key) => {
        const stored = existing(disk, bucket, key);
        return {
          Key: encode(key),
          // OSS keeps whole seconds, and Alibaba's Python client takes nothing else.
          LastModified: stored.lastModified.toISOString().replace(/\.\d+/, ".000"),
          ETag: stored.etag,
          Type: "Normal",
          Size: stored.body.length,
          StorageClass: "Standard",
        };
      }),
      KeyCount: page.length,
    });
    return { status: 200, headers: { "content-type": "application/xml" }, body: Buffer.from(xml) };
  },
};

function isAfter(key: string, after: string | undefined): boolean {
  return after === undefined || Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0;
}

function existing(disk: Disk, bucket: string, key: string): StoredObject {
  const stored = disk.read(bucket, key);
  if (stored === undefined) throw new OssError(404, "NoSuchKey", "The specified key does not exist.", { Key: key });
  return stored;
}

function checkKey(key: string): void {
  if (Buffer.byteLength(key) > 1023 || /^[/\\]/.test(key)) {
    throw new OssError(400, "InvalidObjectName", "The specified object is not valid.");
  }
}

function empty(status: number, headers: Record<string, string> = {}): Answer {
  return { status, headers, body: Buffer.alloc(0) };
}

function objectHeaders(stored: StoredObject): Record<string, string> {
  return {
    "content-type": "application/octet-stream",
    ...stored.headers,
    etag: stored.etag,
    "last-modified": stored.lastModified.toUTCString(),
    "accept-ranges": "bytes",
    "x-oss-hash-crc64ecma": stored.crc64,
    "x-oss-object-type": "Normal",
    "x-oss-storage-class": "Standard",
  };
}
