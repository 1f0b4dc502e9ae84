import { isMeteringError, MeteringError } from "@metering/core";
import { s3Faults, type Fault } from "@metering/s3-test-server";
import { toFailure } from "@metering/storage-kit";
import { S3Storage } from "@metering/storage-s3";
import { expect, onTestFinished, test, vi } from "vitest";
import { meaningOf, readCause } from "../src/errors.ts";
import { bytes, startStore } from "./store.ts";

const answer = (status: number, code: string): Fault => ({ kind: "error", status, code });

const answers: readonly (readonly [string, string, Fault])[] = [
  ["NoSuchKey", "not-found", answer(404, "NoSuchKey")],
  ["NoSuchBucket", "bucket-not-found", answer(404, "NoSuchBucket")],
  ["AccessDenied", "permission-denied", s3Faults.accessDenied],
  ["InvalidAccessKeyId", "unauthenticated", answer(403, "InvalidAccessKeyId")],
  ["SignatureDoesNotMatch", "unauthenticated", answer(403, "SignatureDoesNotMatch")],
  ["ExpiredToken", "unauthenticated", s3Faults.expiredToken],
  ["InvalidToken", "unauthenticated", answer(400, "InvalidToken")],
  ["RequestTimeTooSkewed", "unauthenticated", s3Faults.clockSkew],
  ["PermanentRedirect", "invalid-argument", s3Faults.permanentRedirect],
  ["AuthorizationHeaderMalformed", "invalid-argument", s3Faults.wrongRegion],
  ["KMS.NotFoundException", "invalid-argument", answer(400, "KMS.NotFoundException")],
  ["EntityTooLarge", "too-large", answer(400, "EntityTooLarge")],
  ["KeyTooLongError", "invalid-key", answer(400, "KeyTooLongError")],
  ["QuotaExceeded", "out-of-space", answer(403, "QuotaExceeded")],
  ["a full disk", "out-of-space", answer(507, "XMinioStorageFull")],
  ["NotImplemented", "not-supported", s3Faults.notImplemented],
  ["SlowDown", "throttled", s3Faults.slowDown],
  ["TooManyRequests", "throttled", answer(429, "TooManyRequests")],
  ["RequestTimeout", "timeout", answer(400, "RequestTimeout")],
  ["ServiceUnavailable", "unavailable", answer(503, "ServiceUnavailable")],
  ["OperationAborted", "conflict", answer(409, "OperationAborted")],
  ["BadDigest", "unavailable", answer(400, "BadDigest")],
  ["IncompleteBody", "unavailable", answer(400, "IncompleteBody")],
  ["XAmzContentSHA256Mismatch", "unavailable", answer(400, "XAmzContentSHA256Mismatch")],
  ["408", "timeout", answer(408, "RequestTimedOut")],
  ["a 412 of a call without a condition", "storage-failure", answer(412, "PreconditionFailed")],
  ["something else", "storage-failure", answer(418, "Teapot")],
];

test.for(answers)("%s becomes %s, with key, storage and cause", async ([, code, fault]) => {
  const { server, open } = await startStore();
  const storage = open({ maxAttempts: 1, prefix: "team" });
  for (const call of [() => storage.put("a/key", bytes("body")), () => storage.get("a/key")]) {
    server.fail(fault);
    const failure: unknown = await call().catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ code, key: "a/key", storage: "s3://metering/team/" });
    expect(failure).toBeInstanceOf(MeteringError);
    expect(isMeteringError(failure) && failure.cause).toBeInstanceOf(Error);
  }
});

test("every verb tells a missing bucket from a missing object", async () => {
  const { open } = await startStore();
  const [here, nowhere] = [open(), open({ bucket: "no-such-bucket" })];
  await expect(here.get("key")).rejects.toMatchObject({ code: "not-found" });
  expect(await here.head("key")).toBeUndefined();
  await here.delete("key");
  expect(await here.list("")[Symbol.asyncIterator]().next()).toMatchObject({ done: true });
  const missing = { code: "bucket-not-found" };
  await expect(nowhere.put("key", bytes("body"))).rejects.toMatchObject(missing);
  await expect(nowhere.put("key", bytes("body"), { ifAbsent: true })).rejects.toMatchObject(missing);
  await expect(nowhere.get("key")).rejects.toMatchObject(missing);
  await expect(nowhere.head("key")).rejects.toMatchObject(missing);
  await expect(nowhere.delete("key")).rejects.toMatchObject(missing);
  await expect(nowhere.list("")[Symbol.asyncIterator]().next()).rejects.toMatchObject(missing);
});

test("the bucket is checked once, not on every head that finds nothing", async () => {
  const { server, open } = await startStore();
  const storage = open();
  for (let i = 0; i < 5; i++) await storage.head(`key/${i}`);
  expect(server.count("HeadBucket")).toBe(1);
});

test.for(["text", undefined, null, [1, 2]])(
  "a body that is not bytes (%j) is rejected, and nothing is stored",
  async (body) => {
    const { server, open } = await startStore();
    const storage = open();
    const put: unknown = Reflect.get(storage, "put");
    const call = async () => typeof put === "function" && (await Reflect.apply(put, storage, ["key", body]));
    await expect(call()).rejects.toMatchObject({ code: "invalid-argument", key: "key" });
    expect(server.count("PutObject")).toBe(0);
  },
);

test("wrong keys are unauthenticated, and the error names bucket and key", async () => {
  const { server, open } = await startStore();
  const { credentials } = server;
  for (const wrong of [{ accessKeyId: "unknown" }, { secretAccessKey: "wrong" }]) {
    const failure: unknown = await open({ credentials: { ...credentials, ...wrong } })
      .get("a/key")
      .catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ code: "unauthenticated", key: "a/key" });
    expect(String(failure)).toContain("metering");
    expect(String(failure)).toContain("a/key");
  }
});

test("the error for a wrong region names the right one", async () => {
  const { server, open } = await startStore();
  for (const fault of [s3Faults.permanentRedirect, s3Faults.wrongRegion]) {
    server.fail(fault);
    await expect(open().get("key")).rejects.toThrow("eu-west-1");
  }
});

test("an endpoint that is down or cannot be resolved is unavailable", async () => {
  const { server, open } = await startStore();
  await server.close();
  await expect(open({ maxAttempts: 2 }).get("key")).rejects.toMatchObject({
    code: "unavailable",
    retryable: true,
    cause: { code: "ECONNREFUSED" },
  });
  const nowhere = new S3Storage({
    bucket: "metering",
    region: "us-east-1",
    endpoint: "http://s3.invalid",
    credentials: server.credentials,
    maxAttempts: 1,
  });
  await expect(nowhere.get("key")).rejects.toMatchObject({ code: "unavailable" });
});

test("the errors for a missing region and missing credentials say so", async () => {
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  for (const name of ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"])
    vi.stubEnv(name, undefined);
  for (const name of ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"]) vi.stubEnv(name, "/nowhere");
  onTestFinished(() => void vi.unstubAllEnvs());
  const { server, open } = await startStore();
  await expect(open({ region: undefined }).get("key")).rejects.toMatchObject({ code: "invalid-argument" });
  await expect(open({ credentials: undefined }).get("key")).rejects.toMatchObject({ code: "unauthenticated" });
  expect(server.count("GetObject")).toBe(0);
});

test("an error without a code, or from below HTTP, is classified", () => {
  const context = { key: "key", storage: "s3://metering/" };
  const codeOf = (error: object, verb: "get" | "put" = "get") =>
    toFailure(readCause(error), { ...context, verb }, (cause, call) => meaningOf(cause, call, "metering")).error.code;
  expect(codeOf({ name: "UnknownError", $metadata: { httpStatusCode: 404 } })).toBe("not-found");
  expect(codeOf({ name: "UnknownError", $metadata: { httpStatusCode: 404 } }, "put")).toBe("bucket-not-found");
  expect(codeOf({ name: "UnknownError", $metadata: { httpStatusCode: 401 } })).toBe("unauthenticated");
  expect(codeOf({ name: "Error", code: "DEPTH_ZERO_SELF_SIGNED_CERT" })).toBe("storage-failure");
  expect(codeOf({ name: "Error", code: "ENETUNREACH" })).toBe("unavailable");
  expect(codeOf({})).toBe("storage-failure");
  expect(codeOf(Object("thrown text"))).toBe("storage-failure");
});

test("clock skew of an hour is corrected", async () => {
  const { open } = await startStore();
  const storage = open();
  const { now } = Date;
  Date.now = () => now() + 3_600_000;
  try {
    await storage.put("key", bytes("body"));
  } finally {
    Date.now = now;
  }
});
