// An HTTP server that meters requests and bytes per tenant. Prints its address and its self id, and ends on SIGTERM.
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { openStorage } from "@metering/example-storage";
import { Recorder } from "@metering/recorder";
import { Spool } from "@metering/spool";
import { LocalFsStorage } from "@metering/storage-localfs";

const bucket = await openStorage(import.meta.dirname);
const folder = new LocalFsStorage({ basePath: join(import.meta.dirname, "spool") });
const spool = new Spool(folder, bucket, { logger: { ...console, info() {}, debug() {} } });
const recorder = new Recorder(spool, {
  category: "gateway",
  component: "gateway-1",
  stamp: "end",
  journalIntervalMs: 100,
});
const requests = recorder.counter("requests", { unit: "requests" });
const bytesOut = recorder.counter("bytes_out", { unit: "bytes" });

const server = createServer((request, response) => {
  const tenant = { cluster_id: String(request.headers["x-tenant"] ?? "unknown") };
  const body = `Hello, ${tenant.cluster_id}!\n`.repeat(10);
  requests.add(tenant);
  bytesOut.add(tenant, Buffer.byteLength(body));
  response.end(body);
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
console.log(`http://127.0.0.1:${server.address().port} ${recorder.status().selfId}`);

process.once("SIGTERM", async () => {
  server.close();
  server.closeAllConnections();
  // The open minute is sealed and on the disk after this, and in the bucket after the next line.
  await recorder.close({ signal: AbortSignal.timeout(10_000) });
  await spool.drain({ signal: AbortSignal.timeout(10_000) });
  await spool.close();
  await bucket.close();
});
