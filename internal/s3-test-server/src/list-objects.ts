import type { ObjectDisk } from "./object-disk.ts";
import { S3Error } from "./s3-error.ts";
import type { S3Request } from "./s3-request.ts";
import { element } from "./xml.ts";

const afterBytes = (name: string, start: string): boolean => Buffer.compare(Buffer.from(name), Buffer.from(start)) > 0;

/** S3's `encoding-type=url`: as in a form, with "/" left as it is. */
const formEncode = (name: string): string =>
  encodeURIComponent(name)
    .replaceAll("%2F", "/")
    .replaceAll("%20", "+")
    .replace(/[!'()]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** One page of ListObjectsV2: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
export function listObjects(disk: ObjectDisk, { bucket, query }: S3Request, pageSize: number): string {
  const prefix = query.get("prefix") ?? "";
  const token = query.get("continuation-token");
  const startAfter = token === undefined ? (query.get("start-after") ?? "") : readToken(token);
  const maxKeys = Math.min(Number(query.get("max-keys") ?? pageSize), pageSize);
  if (!Number.isInteger(maxKeys) || maxKeys < 0) throw new S3Error(400, "InvalidArgument", "max-keys is not valid");
  const encoding = query.get("encoding-type");
  const encode = encoding === "url" ? formEncode : (name: string): string => name;

  const matching = disk.names(bucket).filter((name) => name.startsWith(prefix) && afterBytes(name, startAfter));
  const page = matching.slice(0, maxKeys);
  const last = page.at(-1);
  const truncated = matching.length > page.length && last !== undefined;
  return element(
    "ListBucketResult",
    {
      Name: bucket,
      Prefix: encode(prefix),
      StartAfter: token === undefined && startAfter !== "" ? encode(startAfter) : undefined,
      ContinuationToken: token,
      NextContinuationToken: truncated ? Buffer.from(last).toString("base64url") : undefined,
      EncodingType: encoding,
      KeyCount: String(page.length),
      MaxKeys: String(maxKeys),
      IsTruncated: String(truncated),
      Contents: page.flatMap((name) => {
        const meta = disk.meta(bucket, name);
        if (meta === undefined) return [];
        return {
          Key: encode(name),
          LastModified: new Date(meta.lastModifiedMs).toISOString(),
          ETag: meta.etag,
          Size: String(meta.size),
          StorageClass: meta.headers["x-amz-storage-class"] ?? "STANDARD",
        };
      }),
    },
    "http://s3.amazonaws.com/doc/2006-03-01/",
  );
}

function readToken(token: string): string {
  const name = Buffer.from(token, "base64url").toString();
  if (Buffer.from(name).toString("base64url") !== token) {
    throw new S3Error(400, "InvalidArgument", "The continuation token provided is incorrect");
  }
  return name;
}
