import { createHash } from "node:crypto";
import { join } from "node:path";
import { startOssTestServer, type OssTestServer } from "@metering/oss-test-server";
import { OssStorage } from "@metering/storage-oss";
import { storedKeys } from "@metering/test-helpers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installed, run } from "../src/programs.ts";
import { writeSample } from "../src/sample.ts";

interface Call {
  readonly call: "list" | "put" | "get" | "head" | "delete" | "exists";
  readonly key?: string;
  readonly prefix?: string;
  readonly body?: string;
  readonly ifAbsent?: boolean;
}

interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly status: number; readonly code: string };
}

const program = join(import.meta.dirname, "../oss2/calls.py");
const oddKeys = [
  "a b+c/100%25",
  "e=1&f;g,h",
  "#~'`$(x)",
  "[é]{e\u0301}",
  "集群/\u{1f600}",
  "a/_.x",
  "?x=y",
  'a\\b*"<>|:',
];

const inBase64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

let server: OssTestServer;
let storage: OssStorage;
beforeAll(async () => {
  server = await startOssTestServer();
  const { endpoint, bucket, region, credentials } = server;
  storage = new OssStorage({ endpoint, bucket, region, credentials });
  await writeSample(storage);
});
afterAll(async () => {
  await storage.close();
  await server.stop();
});

describe.each(["V1", "V4"])("signature %s, against our OSS test server", (signature) => {
  async function oss2(calls: readonly Call[], other: { region?: string; accessKeySecret?: string } = {}) {
    const { endpoint, bucket, region, credentials } = server;
    const opened = { endpoint, bucket, region, signature, ...credentials, ...other };
    const printed = await run(installed("oss2/bin/python"), [program], {}, JSON.stringify({ bucket: opened, calls }));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- that is what our own program prints
    return JSON.parse(printed) as readonly Answer[];
  }

  test("it lists, page by page, and reads what we wrote: bytes, MD5, type, no encoding", async () => {
    const keys = await storedKeys(storage, "metering/");
    const contents = await Promise.all(keys.map((key) => storage.get(key)));
    const [listed, ...answers] = await oss2([
      { call: "list", prefix: "metering/" },
      ...keys.map((key) => ({ call: "get", key }) as const),
      ...keys.map((key) => ({ call: "head", key }) as const),
    ]);
    expect(listed?.result).toEqual(
      keys.map((key, i) => {
        const bytes = contents[i] ?? new Uint8Array();
        return { key, size: bytes.length, md5: createHash("md5").update(bytes).digest("hex") };
      }),
    );
    expect(answers).toEqual([
      ...contents.map((bytes) => ({ result: inBase64(bytes) })),
      // ali-oss takes the type from the ending.
      ...keys.map(() => ({ result: { type: "application/gzip", encoding: "" } })),
    ]);
  });

  test("we read what it wrote under names of all kinds, and it deletes what we wrote", async () => {
    const body = Buffer.from("content");
    const puts = oddKeys.map((key) => ({ call: "put", key, body: inBase64(body) }) as const);
    expect(await oss2(puts)).toEqual(oddKeys.map(() => ({ result: null })));
    for (const key of oddKeys) expect(Buffer.from(await storage.get(key))).toEqual(body);
    expect(await oss2(oddKeys.map((key) => ({ call: "delete", key })))).toEqual(oddKeys.map(() => ({ result: null })));
    for (const key of oddKeys) expect(await storage.head(key)).toBeUndefined();
  });

  test("ifAbsent holds between the two", async () => {
    const key = `if-absent/${signature}`;
    const put = { call: "put", body: inBase64(Buffer.from("its")), ifAbsent: true } as const;
    const [first, second] = await oss2([
      { ...put, key },
      { ...put, key },
    ]);
    expect([first, second?.error]).toEqual([{ result: null }, { status: 409, code: "FileAlreadyExists" }]);
    await expect(storage.put(key, Buffer.from("ours"), { ifAbsent: true })).rejects.toMatchObject({
      code: "already-exists",
    });
    await storage.put(`${key}/ours`, Buffer.from("ours"), { ifAbsent: true });
    const [third] = await oss2([{ ...put, key: `${key}/ours` }]);
    expect(third?.error).toEqual({ status: 409, code: "FileAlreadyExists" });
  });

  test("a wrong secret is refused, and what is not there is said to be missing", async () => {
    const get = { call: "get", key: "missing" } as const;
    const [refused] = await oss2([get], { accessKeySecret: "wrong" });
    expect(refused?.error).toEqual({ status: 403, code: "SignatureDoesNotMatch" });
    expect((await oss2([get]))[0]?.error).toEqual({ status: 404, code: "NoSuchKey" });
  });

  test("object_exists, which no code of ours uses, is refused with 501", async () => {
    expect((await oss2([{ call: "exists", key: "a" }]))[0]?.error?.status).toBe(501);
  });
});
