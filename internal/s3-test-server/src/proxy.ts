import { Agent, createServer, request as httpRequest } from "node:http";
import { pipeline } from "node:stream";

export interface ProxyOptions {
  /** Where requests go, such as `http://127.0.0.1:7480`. */
  readonly target: string;
  /** Added to every request, half before it is passed on and half before its answer is. Default: 0. */
  readonly latencyMs?: number;
}

export interface Proxy extends AsyncDisposable {
  readonly endpoint: string;
  /** Lets the next requests of a method reach the target, and cuts the connection in place of the answer. */
  loseAnswers(method: string, times?: number): void;
  /** Requests passed on, by method. */
  count(method: string): number;
  close(): Promise<void>;
}

/** Starts an HTTP proxy on loopback in front of one server: adds latency and loses answers on demand. */
export async function startProxy({ target, latencyMs = 0 }: ProxyOptions): Promise<Proxy> {
  const { hostname, port } = new URL(target);
  const agent = new Agent({ keepAlive: true });
  const toLose = new Map<string, number>();
  const counts = new Map<string, number>();
  const later = (run: () => void): void => {
    if (latencyMs === 0) run();
    else setTimeout(run, latencyMs / 2).unref();
  };

  const server = createServer((incoming, outgoing) => {
    const method = incoming.method ?? "GET";
    counts.set(method, (counts.get(method) ?? 0) + 1);
    const left = toLose.get(method) ?? 0;
    toLose.set(method, Math.max(0, left - 1));
    later(() => {
      const passedOn = httpRequest(
        // The headers go on as they came: the signature covers the host that the client saw.
        { hostname, port, method, path: incoming.url, headers: incoming.headers, agent },
        (answer) => {
          if (left > 0) {
            answer.resume();
            answer.once("end", () => incoming.socket.destroy());
            return;
          }
          later(() => {
            outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
            pipeline(answer, outgoing, () => {});
          });
        },
      );
      passedOn.on("error", () => incoming.socket.destroy());
      outgoing.once("close", () => passedOn.destroy());
      pipeline(incoming, passedOn, () => {});
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The proxy has no port.");

  const close = (): Promise<void> =>
    new Promise((resolve) => {
      agent.destroy();
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    loseAnswers: (method, times = 1) => void toLose.set(method, times),
    count: (method) => counts.get(method) ?? 0,
    close,
    [Symbol.asyncDispose]: close,
  };
}
