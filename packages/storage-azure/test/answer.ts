import { createServer, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { onTestFinished } from "vitest";

/** The URL of a server that answers everything so, for as long as the test runs. */
export async function answerWith(listener: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((_request, response) => listener(response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}` : "";
}

function* endless(): Generator<Buffer> {
  for (;;) yield Buffer.alloc(10_000);
}

/** An answer whose body never ends. */
export function answerEndlessly(response: ServerResponse): void {
  Readable.from(endless()).pipe(response);
}
