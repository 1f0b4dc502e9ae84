import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { compareKeys } from "@metering/core";

interface StoredObject {
  readonly body: Buffer;
  readonly etag: string;
  readonly modified: Date;
  readonly writeId: string | undefined;
}

const pageSize = 100;

/** The store that the adapter is tested with, in the process of the test. You have a real one, or its emulator. */
export async function startHttpStore(token: string) {
  const objects = new Map<string, StoredObject>();
  let state: "well" | "stalled" = "well";

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (state === "stalled") return;
    if (request.headers.authorization !== `Bearer ${token}`) return void response.writeHead(401).end();
    const { pathname, searchParams } = new URL(request.url ?? "", "http://store");
    const name = decodeURIComponent(pathname.slice("/objects/".length));
    if (pathname === "/objects") return list(searchParams, response);
    if (request.method === "PUT") return put(name, Buffer.concat(chunks), request, response);
    const found = objects.get(name);
    if (request.method === "DELETE") {
      objects.delete(name);
      return void response.writeHead(204).end();
    }
    if (found === undefined) return void response.writeHead(404).end();
    const { body, etag, modified, writeId } = found;
    response.writeHead(200, {
      "content-length": body.byteLength,
      "last-modified": modified.toUTCString(),
      etag,
      ...(writeId === undefined ? {} : { "x-write-id": writeId }),
    });
    response.end(request.method === "HEAD" ? undefined : body);
  }

  function put(name: string, body: Buffer, { headers }: IncomingMessage, response: ServerResponse): void {
    if (headers["if-none-match"] === "*" && objects.has(name)) return void response.writeHead(412).end();
    const writeId = headers["x-write-id"];
    const etag = `"${crypto.randomUUID()}"`;
    objects.set(name, { body, etag, modified: new Date(), writeId: typeof writeId === "string" ? writeId : undefined });
    response.writeHead(200, { etag }).end();
  }

  function list(query: URLSearchParams, response: ServerResponse): void {
    const [prefix, after] = [query.get("prefix") ?? "", query.get("after") ?? ""];
    const names = [...objects.keys()]
      .filter((name) => name.startsWith(prefix) && compareKeys(name, after) > 0)
      .sort(compareKeys);
    const page = names.slice(0, pageSize).map((name) => {
      const object = objects.get(name);
      return { name, size: object?.body.byteLength, etag: object?.etag, modified: object?.modified };
    });
    const next = names.length > pageSize ? page.at(-1)?.name : undefined;
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ objects: page, next }));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => request.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    /** Stores an object under any name, past every adapter. */
    plant: (name: string) =>
      objects.set(name, { body: Buffer.alloc(0), etag: '"planted"', modified: new Date(), writeId: undefined }),
    stall: () => void (state = "stalled"),
    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
