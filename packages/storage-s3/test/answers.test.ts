import { createServer } from "node:net";
import { inspect } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { answerWith } from "@metering/test-helpers/answer-with";
import { bytes, startStore } from "./store.ts";

// Responses that S3 never sends, but proxies, login pages and broken stores do.

test.each([204, 206])("a response to get with status %i is not taken for the whole object", async (status) => {
  const endpoint = await answerWith((response) => void response.writeHead(status).end(status === 204 ? "" : "part"));
  const { open } = await startStore();
  await expect(open({ endpoint, maxAttempts: 1 }).get("key")).rejects.toMatchObject({ code: "storage-failure" });
});

test("a head response without a length is not taken for an empty object", async () => {
  const endpoint = await answerWith((response) => {
    response.writeHead(200, { "transfer-encoding": "chunked", "last-modified": new Date(0).toUTCString() }).end();
  });
  const { open } = await startStore();
  await expect(open({ endpoint, maxAttempts: 1 }).head("key")).rejects.toMatchObject({ code: "storage-failure" });
});

test("a web page as the response to put is not success", async () => {
  const endpoint = await answerWith((response) => void response.end("<html>Please log in</html>"));
  const { open } = await startStore();
  await expect(open({ endpoint, maxAttempts: 1 }).put("key", bytes("body"))).rejects.toMatchObject({
    code: "storage-failure",
  });
});

test("a proxy's 404 page does not mean that there is no object", async () => {
  const endpoint = await answerWith(
    (response) => void response.writeHead(404, { "content-type": "text/html" }).end("<html>Not found</html>"),
  );
  const { open } = await startStore();
  const storage = open({ endpoint, maxAttempts: 1 });
  await expect(storage.get("key")).rejects.toMatchObject({ code: "storage-failure" });
  await expect(storage.head("key")).rejects.toMatchObject({ code: "storage-failure" });
});

test.each(["x-amz-request-id", "x-amzn-requestid"])(
  "a store's own 404 means that there is no object, also where its framework calls it HTML (%s)",
  async (requestId) => {
    const endpoint = await answerWith((response) => {
      const isBucket = response.req.url?.split("/").filter((part) => part !== "").length === 1;
      response.writeHead(isBucket ? 200 : 404, { "content-type": "text/html; charset=utf-8", [requestId]: "1" }).end();
    });
    const { open } = await startStore();
    expect(await open({ endpoint, maxAttempts: 1 }).head("key")).toBeUndefined();
  },
);

test("a store that echoes the request puts no credentials and no endless message into errors", async () => {
  const { open, server } = await startStore();
  const sessionToken = "canary-session-token";
  const endpoint = await answerWith((response) => {
    const echo = `${JSON.stringify(response.req.headers)}${"x".repeat(1_000_000)}`;
    response.writeHead(400, { "content-type": "application/xml" });
    response.end(`<Error><Code>Odd</Code><Message>${echo.replaceAll("<", "")}</Message></Error>`);
  });
  const storage = open({ endpoint, maxAttempts: 1, credentials: { ...server.credentials, sessionToken } });
  const failure: unknown = await storage.get("key").catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Error);
  const shown = inspect(failure, { depth: 20, showHidden: true });
  expect(shown).not.toContain(sessionToken);
  expect(String(failure).length).toBeLessThan(1_000);
});

test("a large put does not wait for permission to send its body", async () => {
  const expects: (string | undefined)[] = [];
  const endpoint = await answerWith((response) => {
    expects.push(response.req.headers.expect);
    response.setHeader("etag", '"e"').end();
  });
  const { open } = await startStore();
  await open({ endpoint }).put("key", new Uint8Array(3_000_000));
  expect(expects).toEqual([undefined]);
});

test("a response that is no HTTP is unavailable, and may be tried again", async () => {
  const garbage = createServer((socket) => void socket.end("this is no HTTP\r\n\r\n"));
  await new Promise<void>((resolve) => garbage.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void garbage.close());
  const address = garbage.address();
  const endpoint = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  const { open } = await startStore();
  await expect(open({ endpoint, maxAttempts: 1 }).get("key")).rejects.toMatchObject({
    code: "unavailable",
    retryable: true,
  });
});
