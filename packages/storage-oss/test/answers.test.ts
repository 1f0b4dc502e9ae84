import { inspect } from "node:util";
import { expect, test } from "vitest";
import { answerWith } from "@metering/test-helpers/answer-with";
import { bytes, openStorage, rejection, startServer } from "./open.ts";

// Responses that OSS never sends, but proxies, login pages and broken stores do.

test.each([204, 206])("a response to get with status %i is not taken for the whole object", async (status) => {
  const endpoint = await answerWith((response) => void response.writeHead(status).end(status === 204 ? "" : "part"));
  const storage = openStorage(await startServer(), { endpoint, maxAttempts: 1 });
  expect((await rejection(storage.get("key"))).code).toBe("storage-failure");
});

test("a head response without a length is an error", async () => {
  const endpoint = await answerWith((response) => {
    response.writeHead(200, { "transfer-encoding": "chunked", "last-modified": new Date(0).toUTCString() }).end();
  });
  const storage = openStorage(await startServer(), { endpoint, maxAttempts: 1 });
  expect((await rejection(storage.head("key"))).code).toBe("storage-failure");
});

test("a web page as the response to put is not success, with and without ifAbsent", async () => {
  const endpoint = await answerWith((response) => {
    if (response.req.method === "HEAD") response.writeHead(404, { "x-oss-request-id": "1" }).end();
    else response.end("<html>Please log in</html>");
  });
  const storage = openStorage(await startServer(), { endpoint, maxAttempts: 1 });
  expect((await rejection(storage.put("key", bytes("body")))).code).toBe("storage-failure");
  expect((await rejection(storage.put("key", bytes("body"), { ifAbsent: true }))).code).toBe("storage-failure");
});

test("a proxy's 404 page does not mean that there is no object", async () => {
  const endpoint = await answerWith((response) => void response.writeHead(404).end("<html>Not found</html>"));
  const storage = openStorage(await startServer(), { endpoint, maxAttempts: 1 });
  expect((await rejection(storage.get("key"))).code).toBe("storage-failure");
  expect((await rejection(storage.head("key"))).code).toBe("storage-failure");
});

test.each([
  [403, "AccessDenied", "The bucket you are attempting to access must be addressed using the specified endpoint."],
  [400, "InvalidArgument", "Invalid signing region in Authorization header."],
])("a wrong region (%i %s) is invalid-argument and says so", async (status, code, message) => {
  const endpoint = await answerWith((response) => {
    response.writeHead(status, { "x-oss-request-id": "1", "content-type": "application/xml" });
    response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`);
  });
  const error = await rejection(openStorage(await startServer(), { endpoint }).get("key"));
  expect([error.code, error.message]).toEqual(["invalid-argument", expect.stringContaining("region")]);
});

test.each(["text", undefined, null, [1, 2]])("a body that is not bytes (%j) is rejected", async (body) => {
  const server = await startServer();
  const storage = openStorage(server);
  const put: unknown = Reflect.get(storage, "put");
  const call = async () => typeof put === "function" && (await Reflect.apply(put, storage, ["key", body]));
  const error = await rejection(call());
  expect([error.code, error.key, server.requests.put]).toEqual(["invalid-argument", "key", 0]);
});

test("a store that echoes the request puts no credentials and no endless message into errors", async () => {
  const server = await startServer();
  const session = server.openSession(900);
  const endpoint = await answerWith((response) => {
    const echo = `${JSON.stringify(response.req.headers)}${"x".repeat(50_000)}`.replaceAll(/[<>&]/g, "");
    response.writeHead(400, { "x-oss-request-id": "1", "content-type": "application/xml" });
    response.end(`<?xml version="1.0"?><Error><Code>Odd</Code><Message>${echo}</Message></Error>`);
  });
  const error = await rejection(openStorage(server, { endpoint, credentials: session }).get("key"));
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(session.securityToken);
  expect(error.message.length).toBeLessThan(1_000);
});

test("a 408 is a timeout and retried", async () => {
  let asked = 0;
  const endpoint = await answerWith((response) => {
    asked += 1;
    response.writeHead(408).end();
  });
  const error = await rejection(openStorage(await startServer(), { endpoint, maxAttempts: 2 }).get("key"));
  expect([error.code, asked]).toEqual(["timeout", 2]);
});
