import * as sdk from "@aws-sdk/client-s3";
import { S3Client } from "@aws-sdk/client-s3";
import { isMeteringError } from "@metering/core";
import { s3Faults, startProxy } from "@metering/s3-test-server";
import { expect, onTestFinished, test, vi } from "vitest";
import { hostOf } from "../src/client.ts";
import { bytes, openProven, startStore, text } from "./store.ts";

const ifAbsent = true;

test("a put with ifAbsent is one conditional request", async () => {
  const store = await startStore();
  const storage = await openProven(store);
  const before = store.server.count("PutObject");
  await storage.put("key", bytes("body"), { ifAbsent });
  await expect(storage.put("key", bytes("body"), { ifAbsent })).rejects.toMatchObject({ code: "already-exists" });
  expect(store.server.count("PutObject") - before).toBe(2);
  expect(store.server.count("HeadObject")).toBe(1);
});

test("exactly one of 50 concurrent writers wins, in each of 5 rounds", async () => {
  const { open } = await startStore();
  const [first, second] = [open(), open()];
  for (let round = 0; round < 5; round++) {
    const puts = Array.from({ length: 50 }, (_, i) =>
      (i % 2 === 0 ? first : second).put(`round/${round}`, bytes(`writer ${i}`), { ifAbsent }),
    );
    const results = await Promise.allSettled(puts);
    const winners = results.flatMap(({ status }, i) => (status === "fulfilled" ? [`writer ${i}`] : []));
    expect(winners).toHaveLength(1);
    for (const result of results) {
      if (result.status === "rejected") expect(isMeteringError(result.reason, "already-exists")).toBe(true);
    }
    expect(text(await first.get(`round/${round}`))).toBe(winners[0]);
  }
});

test("a response lost after the store is success, not already-exists", async () => {
  const store = await startStore();
  const storage = await openProven(store);
  store.server.fail({ kind: "lose-answer" }, { operation: "PutObject" });
  const { etag } = await storage.put("key", bytes("body"), { ifAbsent });
  expect(etag).toBe((await storage.head("key"))?.etag);
  expect(text(await storage.get("key"))).toBe("body");
});

test("a response lost on the first put of a storage is also success", async () => {
  const { server, open } = await startStore();
  const storage = open();
  server.fail({ kind: "lose-answer" }, { operation: "PutObject" });
  await storage.put("key", bytes("body"), { ifAbsent });
  expect(text(await storage.get("key"))).toBe("body");
});

test("a response lost behind a proxy is success", async () => {
  const store = await startStore();
  await using proxy = await startProxy({ target: store.server.endpoint });
  const storage = await openProven(store, { endpoint: proxy.endpoint });
  proxy.loseAnswers("PUT", 2);
  await storage.put("key", bytes("body"), { ifAbsent });
  expect(text(await storage.get("key"))).toBe("body");
});

test("a lost response is success even if the check whose object it is fails at first", async () => {
  const store = await startStore();
  const storage = await openProven(store);
  store.server.fail({ kind: "lose-answer" }, { operation: "PutObject" });
  store.server.fail(s3Faults.internalError, { operation: "HeadObject", times: 2 });
  await storage.put("key", bytes("body"), { ifAbsent });
});

test("another writer's object is already-exists, even after a failed attempt and with the same body", async () => {
  const store = await startStore();
  const storage = await openProven(store);
  await store.open().put("key", bytes("body"), { ifAbsent });
  store.server.fail(s3Faults.internalError, { operation: "PutObject" });
  await expect(storage.put("key", bytes("body"), { ifAbsent })).rejects.toMatchObject({ code: "already-exists" });
});

test("a put that cannot tell whose object it is reports neither success nor already-exists", async () => {
  const store = await startStore();
  const storage = await openProven(store);
  store.server.fail({ kind: "lose-answer" }, { operation: "PutObject" });
  store.server.fail(s3Faults.accessDenied, { operation: "HeadObject" });
  await expect(storage.put("key", bytes("body"), { ifAbsent })).rejects.toMatchObject({
    code: "permission-denied",
    // It is the right to read that is missing: the put itself was not refused.
    message: expect.not.stringContaining("s3:PutObject"),
  });
});

test("a conflict with another conditional write is retried", async () => {
  const store = await startStore();
  const storage = await openProven(store);
  store.server.fail(s3Faults.conditionalConflict, { operation: "PutObject", times: 2 });
  await storage.put("key", bytes("body"), { ifAbsent });
  expect(text(await storage.get("key"))).toBe("body");
});

test("a store that ignores the condition is detected before it overwrites anything", async () => {
  const { open } = await startStore({ conditionalWrites: "ignored" });
  const storage = open();
  await storage.put("there", bytes("first"));
  await expect(storage.put("there", bytes("second"), { ifAbsent })).rejects.toMatchObject({ code: "already-exists" });
  expect(text(await storage.get("there"))).toBe("first");
  await expect(storage.put("new", bytes("body"), { ifAbsent })).rejects.toMatchObject({ code: "not-supported" });
});

test("a store that ignores the condition overwrites nothing, even if the check for the object fails at first", async () => {
  const { server, open } = await startStore({ conditionalWrites: "ignored" });
  await open().put("there", bytes("first"));
  const storage = open();
  server.fail(s3Faults.internalError, { operation: "HeadObject", times: 2 });
  await expect(storage.put("there", bytes("second"), { ifAbsent })).rejects.toMatchObject({ code: "already-exists" });
  expect(text(await storage.get("there"))).toBe("first");
});

test("a response lost while the store is tested is success", async () => {
  const { server, open } = await startStore();
  const storage = open();
  server.fail(s3Faults.internalError, { operation: "HeadObject" });
  server.fail({ kind: "lose-answer" }, { operation: "PutObject", times: 2 });
  await storage.put("key", bytes("body"), { ifAbsent });
  expect(text(await storage.get("key"))).toBe("body");
});

test("a store that rejects the condition is not-supported, and puts without it work", async () => {
  const { open } = await startStore({ conditionalWrites: "not-implemented" });
  const storage = open();
  await expect(storage.put("key", bytes("body"), { ifAbsent })).rejects.toMatchObject({ code: "not-supported" });
  expect(await storage.head("key")).toBeUndefined();
  await storage.put("key", bytes("body"));
});

test("a writer without read permission is refused until the store is tested, and nothing is stored", async () => {
  const { server, open } = await startStore();
  server.fail(s3Faults.accessDenied, { operation: "HeadObject" });
  const storage = open();
  await expect(storage.put("key", bytes("body"), { ifAbsent })).rejects.toMatchObject({
    code: "permission-denied",
    message: expect.stringContaining("may not read"),
  });
  expect(server.count("PutObject")).toBe(0);
  await storage.put("proof", bytes("body"), { ifAbsent });
  server.fail(s3Faults.accessDenied, { operation: "HeadObject", times: 100 });
  await storage.put("key", bytes("body"), { ifAbsent });
  await expect(storage.put("key", bytes("body"), { ifAbsent })).rejects.toMatchObject({ code: "already-exists" });
});

test("a store that ignores the condition loses nothing if another writer stores between two attempts", async () => {
  const { server, open } = await startStore({ conditionalWrites: "ignored" });
  const storage = open();
  server.fail({ kind: "cut-before" }, { operation: "PutObject" });
  const put = storage.put("key", bytes("mine"), { ifAbsent });
  put.catch(() => {});
  while (server.count("PutObject") < 1) await new Promise((resolve) => setImmediate(resolve));
  await open().put("key", bytes("another's"));
  await expect(put).rejects.toMatchObject({ code: "already-exists" });
  expect(text(await storage.get("key"))).toBe("another's");
});

test("a store that ignores the condition keeps no object of the test", async () => {
  const { open } = await startStore({ conditionalWrites: "ignored" });
  const storage = open();
  await expect(storage.put("new", bytes("body"), { ifAbsent })).rejects.toMatchObject({ code: "not-supported" });
  expect(await storage.head("new")).toBeUndefined();
});

test("a store whose endpoint comes from the environment is tested, too", async () => {
  const { server, open } = await startStore({ conditionalWrites: "ignored" });
  const { region, credentials } = server;
  onTestFinished(() => void vi.unstubAllEnvs());
  for (const name of ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"]) {
    vi.stubEnv(name, server.endpoint);
    const client = new S3Client({ region, credentials: { ...credentials } });
    for (const settings of [{}, { client, region: undefined, credentials: undefined }]) {
      const storage = open({ endpoint: undefined, ...settings });
      const put = storage.put("key", bytes("body"), { ifAbsent });
      await expect(put).rejects.toMatchObject({ code: "not-supported" });
    }
    vi.unstubAllEnvs();
  }
});

test("AWS itself is not tested: its host is known before anything is sent", async () => {
  const credentials = { accessKeyId: "key", secretAccessKey: "secret" };
  const hosts = ["eu-west-1", "cn-north-1", "us-gov-west-1"].map((region) =>
    hostOf(sdk, new S3Client({ region, credentials }), "usage"),
  );
  expect(await Promise.all(hosts)).toEqual([
    "usage.s3.eu-west-1.amazonaws.com",
    "usage.s3.cn-north-1.amazonaws.com.cn",
    "usage.s3.us-gov-west-1.amazonaws.com",
  ]);
});

test("a 412 that does not come from the store is not already-exists if there is no object", async () => {
  const store = await startStore();
  const storage = await openProven(store);
  store.server.fail({ kind: "error", status: 412, code: "" }, { operation: "PutObject" });
  await expect(storage.put("key", bytes("body"), { ifAbsent })).rejects.toMatchObject({ code: "storage-failure" });
  await store.open().put("key", bytes("another's"));
  store.server.fail({ kind: "error", status: 412, code: "" }, { operation: "PutObject" });
  await expect(storage.put("key", bytes("body"), { ifAbsent })).rejects.toMatchObject({ code: "already-exists" });
});
