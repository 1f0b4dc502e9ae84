// Counts usage, ships it to the bucket, reads it back, and prints the page that Prometheus would scrape.
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { openStorage } from "@metering/example-storage";
import { createObserver, observeRecorder, observeSpool } from "@metering/otel";
import { MeteringReader, toMinute } from "@metering/reader";
import { Recorder } from "@metering/recorder";
import { Spool } from "@metering/spool";
import { withObserver } from "@metering/storage-kit";
import { LocalFsStorage } from "@metering/storage-localfs";
import { metrics } from "@opentelemetry/api";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";

// First the SDK, then what uses it.
const exporter = new PrometheusExporter({ preventServerStart: true });
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [exporter] }));

const observer = createObserver();
const bucket = withObserver(await openStorage(import.meta.dirname), observer);
const spool = new Spool(new LocalFsStorage({ basePath: join(import.meta.dirname, "spool") }), bucket);
const recorder = new Recorder(spool, { category: "gateway", component: "gw-01", stamp: "start" });
const gauges = [observeRecorder(recorder), observeSpool(spool)];

const server = createServer((request, response) => exporter.getMetricsRequestHandler(request, response));
await once(server.listen(0, "127.0.0.1"), "listening");

const requests = recorder.counter("requests", { unit: "requests" });
const began = toMinute(new Date());
for (let i = 0; i < 100; i++) requests.add({ cluster_id: `c-${i % 3}` });
await recorder.close({ signal: AbortSignal.timeout(10_000) });
await spool.drain({ signal: AbortSignal.timeout(10_000) });
let records = 0;
for await (const _ of new MeteringReader(bucket, { observer }).scan({ from: began, to: began + 120 })) records++;

const page = await fetch(`http://127.0.0.1:${server.address().port}/metrics`);
console.log(`${records} record read. The page for Prometheus, without comments and the buckets of its histograms:\n`);
const lines = (await page.text()).split("\n");
console.log(lines.filter((line) => line !== "" && !/^#|_bucket\{/.test(line)).join("\n"));

for (const gauge of gauges) gauge[Symbol.dispose]();
server.close();
await spool.close();
await bucket.close();
