// A TCP proxy on loopback that holds everything back for a while, as a network further away would.
import { connect, createServer } from "node:net";
import { Transform } from "node:stream";

/** Starts a proxy in front of `target` whose round trip takes `latencyMs` longer. */
export async function startLatency(target, latencyMs) {
  const { hostname, port } = new URL(target);
  const held = () =>
    new Transform({
      // Several chunks are under way at once: what is added is latency, not a limit of throughput.
      transform(chunk, _encoding, done) {
        setTimeout(() => this.push(chunk), latencyMs / 2);
        done();
      },
      flush(done) {
        setTimeout(() => done(), latencyMs / 2 + 1);
      },
    });
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    client.setNoDelay(true);
    upstream.setNoDelay(true);
    client.pipe(held()).pipe(upstream);
    upstream.pipe(held()).pipe(client);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ]) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { endpoint: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
