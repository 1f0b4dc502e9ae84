import { afterEach, beforeEach, expect, test } from "vitest";
import { send } from "@metering/test-helpers/send";
import { type AzureTestServer, startAzureTestServer } from "../src/index.ts";

let server: AzureTestServer;
beforeEach(async () => {
  server = await startAzureTestServer({ pageSize: 2 });
});
afterEach(() => server.stop());

/** A request that a shared access signature authorises. */
const call = (method: string, path: string, headers: Record<string, string> = {}, query = "") => {
  const url = new URL(`${server.endpoint}/${server.container}${path}?${server.sasToken}${query}`);
  return send(url, method, headers, method === "PUT" ? "body" : undefined);
};
const codeOf = ({ headers }: Awaited<ReturnType<typeof call>>): unknown => headers["x-ms-error-code"];
const block = { "x-ms-blob-type": "BlockBlob" };

test("what was put is got, with its metadata, and is refused to a second put under a condition", async () => {
  const put = await call("PUT", "/a/b", { ...block, "x-ms-meta-who": "me" });
  expect(put.status).toBe(201);
  const got = await call("GET", "/a/b");
  expect([got.text, got.headers["x-ms-meta-who"]]).toEqual(["body", "me"]);
  expect(got.headers.etag).toBe(put.headers.etag);
  expect(codeOf(await call("PUT", "/a/b", { ...block, "if-none-match": "*" }))).toBe("BlobAlreadyExists");
  expect((await call("DELETE", "/a/b")).status).toBe(202);
  expect(codeOf(await call("DELETE", "/a/b"))).toBe("BlobNotFound");
});

test("a body with another checksum is refused", async () => {
  expect(codeOf(await call("PUT", "/a", { ...block, "content-md5": "AAAA" }))).toBe("Md5Mismatch");
});

test("a backslash is kept as a slash, and dots at the end of a segment are left out", async () => {
  await call("PUT", "/a%5Cb", block);
  await call("PUT", "/c./d..", block);
  expect((await call("HEAD", "/a/b")).status).toBe(200);
  expect((await call("HEAD", "/c/d")).status).toBe(200);
});

test("a listing goes by UTF-16, in pages, from startFrom on", async () => {
  for (const name of ["\uff21", "\u{1f600}", "a", "b"]) server.plant(name);
  const names = async (query: string): Promise<readonly (string | undefined)[]> => {
    const { text } = await call("GET", "", {}, `&restype=container&comp=list${query}`);
    return [...text.matchAll(/<(Name|NextMarker)>([^<]*)/g)].map(([, , name]) => name);
  };
  expect(await names("")).toEqual(["a", "b", "\u{1f600}"]);
  expect(await names("&startFrom=b")).toEqual(["b", "\u{1f600}", "\uff21"]);
  expect(await names(`&marker=${encodeURIComponent("\u{1f600}")}`)).toEqual(["\u{1f600}", "\uff21", ""]);
});

test("what it does not know is answered with 501 and kept, and nobody unknown is let in", async () => {
  expect((await call("PUT", "/a", { ...block, "x-ms-tags": "a=b" })).status).toBe(501);
  expect((await call("PUT", "/a", block, "&comp=block")).status).toBe(501);
  expect(server.unknownRequests).toHaveLength(2);
  const url = new URL(`${server.endpoint}/${server.container}/a`);
  expect((await send(url, "GET", {})).status).toBe(401);
  url.search = "sig=wrong";
  expect((await send(url, "GET", {})).status).toBe(403);
});
