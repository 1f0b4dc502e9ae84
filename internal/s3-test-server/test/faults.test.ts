import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { s3Faults, startProxy, startS3TestServer, type S3TestServer } from "@metering/s3-test-server";

let server: S3TestServer;
let s3: S3Client;

const clientOf = (endpoint: string) =>
  new S3Client({ endpoint, region: "us-east-1", credentials: { ...server.credentials }, maxAttempts: 1 });
const put = (client: S3Client, body = "body") =>
  client.send(new PutObjectCommand({ Bucket: "metering", Key: "key", Body: Buffer.from(body) }));
const get = async (client: S3Client) => {
  const { Body } = await client.send(new GetObjectCommand({ Bucket: "metering", Key: "key" }));
  return Body?.transformToString();
};

beforeEach(async () => {
  server = await startS3TestServer();
  s3 = clientOf(server.endpoint);
});
afterEach(async () => {
  s3.destroy();
  await server.close();
});

test("cut-before stores nothing, lose-answer stores, and both cut the connection", async () => {
  server.fail({ kind: "cut-before" });
  await expect(put(s3)).rejects.toThrow();
  await expect(get(s3)).rejects.toThrow();
  server.fail({ kind: "lose-answer" });
  await expect(put(s3)).rejects.toThrow();
  expect(await get(s3)).toBe("body");
});

test("an error is answered as often as planned, and only to the operation it is meant for", async () => {
  server.fail(s3Faults.slowDown, { operation: "GetObject", times: 2 });
  await put(s3);
  await expect(get(s3)).rejects.toMatchObject({ name: "SlowDown", $metadata: { httpStatusCode: 503 } });
  await expect(get(s3)).rejects.toMatchObject({ name: "SlowDown" });
  expect(await get(s3)).toBe("body");
});

test("cut-body and damage-body spoil the answer's body, not the object", async () => {
  await put(s3, "a somewhat longer body");
  server.fail({ kind: "cut-body", afterBytes: 3 });
  await expect(get(s3)).rejects.toThrow();
  server.fail({ kind: "damage-body" });
  await expect(get(s3)).rejects.toThrow("Checksum mismatch");
  expect(await get(s3)).toBe("a somewhat longer body");
});

test("requests that the server does not know are refused and recorded", async () => {
  const answer = await fetch(`${server.endpoint}/metering/key?acl`);
  expect(answer.status).toBe(501);
  expect(server.unknownRequests).toHaveLength(1);
});

test("the proxy passes requests on, counts them, and loses the answers it is told to", async () => {
  await using proxy = await startProxy({ target: server.endpoint });
  const through = clientOf(proxy.endpoint);
  await put(through, "first");
  proxy.loseAnswers("PUT");
  await expect(put(through, "second")).rejects.toThrow();
  expect(await get(through)).toBe("second");
  expect(proxy.count("PUT")).toBe(2);
  expect(server.count("PutObject")).toBe(2);
  through.destroy();
});

test("the proxy adds its latency to each request", async () => {
  await using proxy = await startProxy({ target: server.endpoint, latencyMs: 60 });
  const through = clientOf(proxy.endpoint);
  const before = performance.now();
  await put(through);
  expect(performance.now() - before).toBeGreaterThanOrEqual(55);
  through.destroy();
});
