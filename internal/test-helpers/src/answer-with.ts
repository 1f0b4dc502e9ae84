import { createServer, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { onTestFinished } from "vitest";

/** The URL of a server that responds to every request in this way until the test ends. */
export async function answerWith(listener: (response: ServerResponse) => void): Promise<string> {
  const server = createServer((request, response) => {
    request.resume().on("end", () => listener(response));
  });
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

/** A response whose body never ends. */
export function answerEndlessly(response: ServerResponse): void {
  Readable.from(endless()).pipe(response);
}
