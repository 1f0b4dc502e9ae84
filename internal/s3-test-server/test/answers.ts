import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";

/** A server and whoever may use it. */
export interface Endpoint {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

interface Subject {
  readonly server: Endpoint;
  readonly s3: S3Client;
  readonly bucket: string;
}

const clientOf = (server: Endpoint): S3Client =>
  new S3Client({ ...server, credentials: { ...server.credentials }, forcePathStyle: true, maxAttempts: 1 });

/** Status and error code of an answer. */
async function answerTo(request: Promise<{ readonly $metadata: { readonly httpStatusCode?: number } }>) {
  try {
    return `${(await request).$metadata.httpStatusCode}`;
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    return `${error.$metadata.httpStatusCode} ${error.name}`;
  }
}

const put = ({ s3, bucket }: Subject, name: string, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket: bucket, Key: name, Body: Buffer.from("body"), ...more }));
const get = ({ s3, bucket }: Subject, name: string) => s3.send(new GetObjectCommand({ Bucket: bucket, Key: name }));
const head = ({ s3, bucket }: Subject, name: string) => s3.send(new HeadObjectCommand({ Bucket: bucket, Key: name }));
const remove = ({ s3, bucket }: Subject, name: string) =>
  s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: name }));
const list = ({ s3, bucket }: Subject, more: object = {}) =>
  s3.send(new ListObjectsV2Command({ Bucket: bucket, ...more }));

const namesOf = ({ Contents = [] }: Awaited<ReturnType<typeof list>>) => Contents.map(({ Key }) => Key);

/** Requests, and the status and error code that S3 gives to each. */
const answers: Readonly<Record<string, readonly [string, (subject: Subject) => ReturnType<typeof answerTo>]>> = {
  "a put": ["200", (to) => answerTo(put(to, "new"))],
  "a put that replaces": [
    "200",
    async (to) => {
      await put(to, "there");
      return answerTo(put(to, "there"));
    },
  ],
  "a put if absent where nothing is": ["200", (to) => answerTo(put(to, "new", { IfNoneMatch: "*" }))],
  "a put if absent where something is": [
    "412 PreconditionFailed",
    async (to) => {
      await put(to, "there");
      return answerTo(put(to, "there", { IfNoneMatch: "*" }));
    },
  ],
  "a put with a wrong MD5": ["400 BadDigest", (to) => answerTo(put(to, "new", { ContentMD5: "A".repeat(22) + "==" }))],
  "a put under a name of 1,025 bytes": ["400 KeyTooLongError", (to) => answerTo(put(to, "n".repeat(1025)))],
  "a get": [
    "200",
    async (to) => {
      await put(to, "there");
      return answerTo(get(to, "there"));
    },
  ],
  "a get of nothing": ["404 NoSuchKey", (to) => answerTo(get(to, "nothing"))],
  "a head of nothing": ["404 NotFound", (to) => answerTo(head(to, "nothing"))],
  "a delete": [
    "204",
    async (to) => {
      await put(to, "there");
      return answerTo(remove(to, "there"));
    },
  ],
  "a delete of nothing": ["204", (to) => answerTo(remove(to, "nothing"))],
  "a list": ["200", (to) => answerTo(list(to))],
  "a put into no bucket": ["404 NoSuchBucket", (to) => answerTo(put({ ...to, bucket: "no-such-bucket" }, "new"))],
  "a get from no bucket": ["404 NoSuchBucket", (to) => answerTo(get({ ...to, bucket: "no-such-bucket" }, "nothing"))],
  "a head in no bucket": ["404 NotFound", (to) => answerTo(head({ ...to, bucket: "no-such-bucket" }, "nothing"))],
  "a delete in no bucket": [
    "404 NoSuchBucket",
    (to) => answerTo(remove({ ...to, bucket: "no-such-bucket" }, "nothing")),
  ],
  "a list of no bucket": ["404 NoSuchBucket", (to) => answerTo(list({ ...to, bucket: "no-such-bucket" }))],
  "a head of a bucket": ["200", ({ s3, bucket }) => answerTo(s3.send(new HeadBucketCommand({ Bucket: bucket })))],
  "a head of no bucket": [
    "404 NotFound",
    ({ s3 }) => answerTo(s3.send(new HeadBucketCommand({ Bucket: "no-such-bucket" }))),
  ],
  "a bucket whose name is not allowed": [
    "400 InvalidBucketName",
    ({ s3 }) => answerTo(s3.send(new CreateBucketCommand({ Bucket: "UPPER_case" }))),
  ],
  "an unknown access key": [
    "403 InvalidAccessKeyId",
    ({ server, bucket }) => {
      const credentials = { ...server.credentials, accessKeyId: "unknown" };
      return answerTo(get({ server, bucket, s3: clientOf({ ...server, credentials }) }, "nothing"));
    },
  ],
  "a wrong secret key": [
    "403 SignatureDoesNotMatch",
    ({ server, bucket }) => {
      const credentials = { ...server.credentials, secretAccessKey: "wrong" };
      return answerTo(get({ server, bucket, s3: clientOf({ ...server, credentials }) }, "nothing"));
    },
  ],
  "a clock that is an hour off": [
    "403 RequestTimeTooSkewed",
    ({ server, bucket }) => {
      const s3 = clientOf(server);
      s3.config.systemClockOffset = 3_600_000;
      return answerTo(get({ server, bucket, s3 }, "nothing"));
    },
  ],
  "a request without a signature": [
    "403",
    async ({ server, bucket }) => String((await fetch(`${server.endpoint}/${bucket}/nothing`)).status),
  ],
};

/**
 * Tests that a server answers as S3 does; the same for the test server and for a real one.
 *
 * @param deviations Answers in which the server is known to differ from S3.
 */
export function testAnswers(
  startServer: () => Promise<Endpoint>,
  deviations: Readonly<Record<string, string>> = {},
): void {
  let buckets = 0;
  async function createSubject(): Promise<Subject> {
    const server = await startServer();
    const s3 = clientOf(server);
    const bucket = `answers-${Date.now()}-${buckets++}`;
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    return { server, s3, bucket };
  }

  for (const [request, [answerOfS3, send]] of Object.entries(answers)) {
    const expected = deviations[request] ?? answerOfS3;
    test(`${request} is answered with ${expected}`, async () => {
      expect(await send(await createSubject())).toBe(expected);
    });
  }

  test("get and head tell size, etag, time and metadata of what was put", async () => {
    const to = await createSubject();
    const { ETag } = await put(to, "there", { Metadata: { "write-id": "1234" }, ContentType: "text/plain" });
    const expected = { ETag, ContentLength: 4, ContentType: "text/plain", Metadata: { "write-id": "1234" } };
    const got = await get(to, "there");
    expect(got).toMatchObject(expected);
    expect(await got.Body?.transformToString()).toBe("body");
    const headed = await head(to, "there");
    expect(headed).toMatchObject(expected);
    expect(Math.abs((headed.LastModified?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  test("a list is in byte order, by prefix, after a name, and page by page", async () => {
    const to = await createSubject();
    const names = ["a", "a/1", "a/2", "b", "\uff21", "\u{1f600}"];
    for (const name of names) await put(to, name);
    expect(namesOf(await list(to))).toEqual(names);
    expect(namesOf(await list(to, { Prefix: "a/" }))).toEqual(["a/1", "a/2"]);
    expect(namesOf(await list(to, { StartAfter: "a/10" }))).toEqual(["a/2", "b", "\uff21", "\u{1f600}"]);
    const first = await list(to, { MaxKeys: 4 });
    expect(namesOf(first)).toEqual(["a", "a/1", "a/2", "b"]);
    expect(first.IsTruncated).toBe(true);
    const second = await list(to, { ContinuationToken: first.NextContinuationToken });
    expect(namesOf(second)).toEqual(["\uff21", "\u{1f600}"]);
    expect(second.IsTruncated).toBe(false);
  });

  test("a list with encoding-type=url encodes names as forms do", async () => {
    const to = await createSubject();
    const names = ["a b", "a%20b", "a&b", "a+b", "a/b", "a<b>", "a\u0001b", "é"];
    for (const name of names) await put(to, name);
    const { Contents = [], EncodingType } = await list(to, { EncodingType: "url" });
    expect(EncodingType).toBe("url");
    const decoded = Contents.map(({ Key = "" }) => decodeURIComponent(Key.replaceAll("+", " ")));
    expect(decoded.sort()).toEqual(names.sort());
  });

  test("of 20 concurrent puts if absent exactly one wins", async () => {
    const to = await createSubject();
    const results = await Promise.all(
      Array.from({ length: 20 }, () => answerTo(put(to, "race", { IfNoneMatch: "*" }))),
    );
    expect(results.filter((result) => result === "200")).toHaveLength(1);
    expect(results.filter((result) => result === "412 PreconditionFailed")).toHaveLength(19);
  });
}
