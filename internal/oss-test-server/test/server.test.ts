import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { send } from "@metering/test-helpers/send";
import { type OssTestServer, startOssTestServer } from "../src/index.ts";
import { signRpc, stringToSignRpc } from "../src/signature-rpc.ts";
import { signV1, stringToSignV1 } from "../src/signature-v1.ts";

let server: OssTestServer;
beforeEach(async () => {
  server = await startOssTestServer();
});
afterEach(() => server.stop());

interface Call {
  readonly method: string;
  readonly key?: string;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly bucket?: string;
  readonly identity?: { readonly accessKeyId: string; readonly accessKeySecret: string };
}

/** A request signed by hand, with the bucket in the path. */
async function call({ method, key = "", query = {}, headers = {}, body, bucket = server.bucket, identity }: Call) {
  const { accessKeyId, accessKeySecret } = identity ?? server.credentials;
  const signed = { "x-oss-date": new Date().toUTCString(), ...headers };
  const stringToSign = stringToSignV1({ method, bucket, key, query: new Map(Object.entries(query)), headers: signed });
  const authorization = `OSS ${accessKeyId}:${signV1(accessKeySecret, stringToSign)}`;
  const url = new URL(`${server.endpoint}/${bucket}/${key}`);
  url.search = new URLSearchParams(query).toString();
  return send(url, method, { ...signed, authorization }, body);
}

const codeOf = (xml: string): string | undefined => /<Code>(.*)<\/Code>/.exec(xml)?.[1];

describe("objects", () => {
  test("what was put is got, with its checksums and metadata", async () => {
    const put = await call({ method: "PUT", key: "a/b", body: "123456789", headers: { "x-oss-meta-who": "me" } });
    expect(put.status).toBe(200);
    const got = await call({ method: "GET", key: "a/b" });
    expect(got.text).toBe("123456789");
    expect(got.headers.etag).toBe('"25F9E794323B453885F5181F1B624D0B"');
    expect(got.headers["x-oss-hash-crc64ecma"]).toBe("11051210869376104954");
    expect(got.headers["x-oss-meta-who"]).toBe("me");
    expect(server.requests).toMatchObject({ put: 1, get: 1 });
  });

  test("a missing object is NoSuchKey, in a header for HEAD, and may be deleted", async () => {
    expect(codeOf((await call({ method: "GET", key: "none" })).text)).toBe("NoSuchKey");
    const head = await call({ method: "HEAD", key: "none" });
    expect(head.status).toBe(404);
    expect(codeOf(Buffer.from(String(head.headers["x-oss-err"]), "base64").toString())).toBe("NoSuchKey");
    expect((await call({ method: "DELETE", key: "none" })).status).toBe(204);
  });

  test("x-oss-forbid-overwrite refuses the second put", async () => {
    const headers = { "x-oss-forbid-overwrite": "true" };
    expect((await call({ method: "PUT", key: "once", body: "1", headers })).status).toBe(200);
    const second = await call({ method: "PUT", key: "once", body: "2", headers });
    expect([second.status, codeOf(second.text)]).toEqual([409, "FileAlreadyExists"]);
    expect((await call({ method: "GET", key: "once" })).text).toBe("1");
  });

  test("a body that is not what Content-MD5 says is not stored", async () => {
    const headers = { "content-md5": "ICy5YqxZB1uWSwcVLSNLcA==" };
    expect(codeOf((await call({ method: "PUT", key: "bad", body: "other", headers })).text)).toBe("InvalidDigest");
    expect((await call({ method: "GET", key: "bad" })).status).toBe(404);
  });

  test("a name longer than 1,023 bytes is refused", async () => {
    expect((await call({ method: "PUT", key: "k".repeat(1023), body: "" })).status).toBe(200);
    expect(codeOf((await call({ method: "PUT", key: "k".repeat(1024), body: "" })).text)).toBe("InvalidObjectName");
  });
});

const keysOf = (xml: string): string[] => [...xml.matchAll(/<Key>(.*?)<\/Key>/g)].map((match) => match[1] ?? "");

describe("list", () => {
  test("gives the keys in the order of their bytes, page by page, after a key", async () => {
    for (const key of ["b", "a", "\u{1f600}", "\uff21", "c"]) await call({ method: "PUT", key, body: "" });
    const query = { "list-type": "2", "max-keys": "2", "start-after": "a" };
    const first = await call({ method: "GET", query });
    expect(keysOf(first.text)).toEqual(["b", "c"]);
    const token = /<NextContinuationToken>(.*?)</.exec(first.text)?.[1] ?? "";
    const second = await call({ method: "GET", query: { ...query, "continuation-token": token } });
    expect(keysOf(second.text)).toEqual(["\uff21", "\u{1f600}"]);
    expect(second.text).toContain("<IsTruncated>false<");
  });

  test("encodes names when asked to", async () => {
    await call({ method: "PUT", key: "a+b&c", body: "" });
    const { text } = await call({ method: "GET", query: { "list-type": "2", "encoding-type": "url" } });
    expect(keysOf(text)).toEqual(["a%2Bb%26c"]);
  });
});

describe("who may", () => {
  test.each([
    ["an unknown access key", { accessKeyId: "nobody", accessKeySecret: "x" }, "InvalidAccessKeyId"],
    ["a wrong secret", { accessKeyId: "LTAItestserver", accessKeySecret: "x" }, "SignatureDoesNotMatch"],
    ["a reader that writes", { accessKeyId: "LTAIreader", accessKeySecret: "test-reader-secret" }, "AccessDenied"],
  ])("%s is refused", async (_who, identity, code) => {
    const answer = await call({ method: "PUT", key: "a", body: "1", identity });
    expect([answer.status, codeOf(answer.text)]).toEqual([403, code]);
  });

  test("a request without a signature, or one that is too old, is refused", async () => {
    const anonymous = await send(new URL(`${server.endpoint}/${server.bucket}/a`), "GET", {});
    expect(codeOf(anonymous.text)).toBe("AccessDenied");
    server.clockOffsetMs = 16 * 60 * 1000;
    expect(codeOf((await call({ method: "GET", key: "a" })).text)).toBe("RequestTimeTooSkewed");
  });

  test("a session is good with its token, until it ends", async () => {
    const session = server.openSession(900);
    const headers = { "x-oss-security-token": session.securityToken };
    const put = { method: "PUT", key: "a", body: "1", identity: session };
    expect(codeOf((await call(put)).text)).toBe("InvalidSecurityToken");
    expect((await call({ ...put, headers })).status).toBe(200);
    const ended = server.openSession(-1);
    const late = await call({ ...put, identity: ended, headers: { "x-oss-security-token": ended.securityToken } });
    expect(codeOf(late.text)).toBe("SecurityTokenExpired");
  });

  test("another bucket does not exist", async () => {
    expect(codeOf((await call({ method: "GET", key: "a", bucket: "other" })).text)).toBe("NoSuchBucket");
  });
});

describe("what it does not know", () => {
  test.each<[string, Call]>([
    ["operations", { method: "POST", key: "a", body: "" }],
    ["the first version of the listing", { method: "GET" }],
    ["parameters", { method: "GET", key: "a", query: { versionId: "1" } }],
    ["headers", { method: "PUT", key: "a", body: "", headers: { "x-oss-object-acl": "private" } }],
    ["conditions", { method: "GET", key: "a", headers: { "if-match": '"1"' } }],
  ])("%s are answered with 501 and remembered", async (_what, unknown) => {
    expect((await call(unknown)).status).toBe(501);
    expect(server.unknownRequests).toHaveLength(1);
  });
});

describe("faults", () => {
  test("happen to the requests named, as often as told, and no more", async () => {
    server.faults.add("get", { kind: "error", status: 503, code: "ServiceUnavailable" }, 2);
    await call({ method: "PUT", key: "a", body: "1" });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await call({ method: "GET", key: "a" })).status);
    expect(statuses).toEqual([503, 503, 200]);
  });

  test("a lost response comes after the store, a cut before it", async () => {
    server.faults.add("put", { kind: "lost-response" });
    server.faults.add("put", { kind: "cut-before-store" });
    await expect(call({ method: "PUT", key: "stored", body: "1" })).rejects.toThrow();
    await expect(call({ method: "PUT", key: "not-stored", body: "1" })).rejects.toThrow();
    expect((await call({ method: "GET", key: "stored" })).status).toBe(200);
    expect((await call({ method: "GET", key: "not-stored" })).status).toBe(404);
  });

  test("a body is cut or corrupted, and the stored object stays whole", async () => {
    await call({ method: "PUT", key: "a", body: "0123456789" });
    server.faults.add("get", { kind: "cut-body" });
    server.faults.add("get", { kind: "corrupt-body" });
    await expect(call({ method: "GET", key: "a" })).rejects.toThrow();
    expect((await call({ method: "GET", key: "a" })).text).toBe("0123446789");
    expect((await call({ method: "GET", key: "a" })).text).toBe("0123456789");
  });
});

describe("STS", () => {
  async function assumeRole(change: Record<string, string>, secret = server.credentials.accessKeySecret) {
    const parameters = new Map(
      Object.entries({
        Action: "AssumeRole",
        Version: "2015-04-01",
        Format: "JSON",
        AccessKeyId: server.credentials.accessKeyId,
        SignatureMethod: "HMAC-SHA1",
        SignatureVersion: "1.0",
        SignatureNonce: "1",
        Timestamp: new Date().toISOString(),
        RoleArn: server.roleArn,
        RoleSessionName: "test",
        ...change,
      }),
    );
    parameters.set("Signature", signRpc(secret, stringToSignRpc("POST", parameters)));
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const body = new URLSearchParams([...parameters]).toString();
    const { status, text } = await send(new URL(`https://${server.stsEndpoint}`), "POST", headers, body);
    return { status, body: JSON.parse(text) };
  }

  test("gives credentials that work, for as long as was asked", async () => {
    const { status, body } = await assumeRole({ DurationSeconds: "900" });
    expect(status).toBe(200);
    const { AccessKeyId, AccessKeySecret, SecurityToken, Expiration } = body.Credentials;
    expect(Date.parse(Expiration) - Date.now()).toBeGreaterThan(890_000);
    const identity = { accessKeyId: AccessKeyId, accessKeySecret: AccessKeySecret };
    const headers = { "x-oss-security-token": SecurityToken };
    expect((await call({ method: "PUT", key: "a", body: "1", identity, headers })).status).toBe(200);
  });

  test.each([
    ["an unknown role", { RoleArn: "acs:ram::1:role/none" }, "EntityNotExist.Role"],
    ["a session that is too short", { DurationSeconds: "899" }, "InvalidParameter.DurationSeconds"],
    ["a session name of one letter", { RoleSessionName: "a" }, "InvalidParameter.RoleSessionName"],
    ["an external id the role does not know", { ExternalId: "other" }, "NoPermission"],
    ["an old request", { Timestamp: "2020-01-01T00:00:00Z" }, "InvalidTimeStamp.Expired"],
    ["another action", { Action: "GetCallerIdentity" }, "InvalidAction.NotFound"],
  ])("refuses %s", async (_what, change, code) => {
    expect((await assumeRole(change)).body.Code).toBe(code);
  });

  test("refuses a wrong signature", async () => {
    expect((await assumeRole({}, "wrong")).body.Code).toBe("SignatureDoesNotMatch");
  });
});
