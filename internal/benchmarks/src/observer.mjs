// What an observer adds to a call: `get` from memory, alone, with an observer and no SDK, and with an SDK that keeps metrics and spans.
import { createObserver } from "@metering/otel";
import { withObserver } from "@metering/storage-kit";
import { MemoryStorage } from "@metering/storage-memory";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { AlwaysOnSampler, BasicTracerProvider } from "@opentelemetry/sdk-trace-base";

const calls = 100_000;
const rounds = 9;
const storage = new MemoryStorage();
await storage.put("metering/a", new Uint8Array(100));

const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const meterProvider = new MeterProvider({
  readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })],
});
const tracerProvider = new BasicTracerProvider({ sampler: new AlwaysOnSampler() });
const storages = {
  "the storage alone": storage,
  "with an observer, no SDK": withObserver(storage, createObserver()),
  "with an observer and an SDK": withObserver(storage, createObserver({ meterProvider, tracerProvider })),
};

const times = new Map(Object.keys(storages).map((name) => [name, []]));
for (let round = 0; round <= rounds; round++) {
  for (const [name, subject] of Object.entries(storages)) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) await subject.get("metering/a");
    // The first round warms up.
    if (round > 0) times.get(name).push(((performance.now() - start) / calls) * 1000);
  }
}
await meterProvider.shutdown();

console.log("| get of 100 bytes from memory | median | fastest | slowest |\n| --- | --- | --- | --- |");
for (const [name, found] of times) {
  found.sort((a, b) => a - b);
  const [median, fastest, slowest] = [found[found.length >> 1], found[0], found.at(-1)];
  console.log(`| ${name} | ${median.toFixed(2)} µs | ${fastest.toFixed(2)} µs | ${slowest.toFixed(2)} µs |`);
}
