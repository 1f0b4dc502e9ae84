import { isMeteringError, MeteringError } from "@metering/core";
import { createObserver, observeRecorder, observeSpool } from "@metering/otel";
import { MeteringReader, MetaReader } from "@metering/reader";
import { Recorder } from "@metering/recorder";
import { Spool } from "@metering/spool";
import { withFaults, withObserver, withRetries } from "@metering/storage-kit";
import { Memory, MemoryStorage } from "@metering/storage-memory";
import { MetaWriter, MeteringWriter } from "@metering/writer";
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const minute = 1755850380;
const id = { timestamp: minute, category: "gateway-of-acme", selfId: "gw01", sharedPoolId: "pool-of-acme" };
const record = { ...id, data: [{ cluster_id: "c-1" }, { cluster_id: "c-1" }] };
const range = { from: minute, to: minute + 60 };

const spanExporter = new InMemorySpanExporter();
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spanExporter)] });
let metricExporter: InMemoryMetricExporter;
let meterProvider: MeterProvider;

beforeEach(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  spanExporter.reset();
  metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter, exportIntervalMillis: 3_600_000 });
  meterProvider = new MeterProvider({ readers: [reader] });
});
afterEach(async () => {
  await meterProvider.shutdown();
  context.disable();
});

type Labels = Readonly<Record<string, unknown>>;

/** Every data point that was collected, by the name of its metric. */
async function collect(): Promise<(metric: string, labels?: Labels) => readonly unknown[]> {
  metricExporter.reset();
  await meterProvider.forceFlush();
  const points = metricExporter
    .getMetrics()
    .flatMap(({ scopeMetrics }) => scopeMetrics)
    .flatMap(({ metrics }) => metrics)
    .flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => ({ metric: descriptor.name, attributes, value })),
    );
  return (metric, labels = {}) =>
    points
      .filter((point) => point.metric === metric)
      .filter(({ attributes }) => Object.entries(labels).every(([name, value]) => attributes[name] === value))
      .map(({ value }) => value);
}

const named = (name: string, type?: string): Labels => ({
  "metering.operation.name": name,
  ...(type === undefined ? {} : { "error.type": type }),
});

describe("what storages, writers and readers do", () => {
  test("is counted: calls, bytes, objects, records and elements", async () => {
    const observer = createObserver({ meterProvider, tracerProvider });
    const storage = withObserver(new MemoryStorage(), observer);
    const receipt = await new MeteringWriter(storage, { observer }).write(record);
    const reader = new MeteringReader(storage, { observer });
    for await (const found of reader.scan(range)) expect(found.data).toHaveLength(2);
    expect((await reader.readRecord(id)).data).toHaveLength(2);
    const metadata = { type: "logic", clusterId: "c-1", modifyTs: minute, metadata: {} } as const;
    await new MetaWriter(storage, { observer }).write(metadata);
    await new MetaReader(storage, { observer }).read("c-1", minute);

    const values = await collect();
    const bytes = receipt.parts.reduce((sum, part) => sum + part.bytes, 0);
    expect(values("metering.operation.io", named("write_record"))).toEqual([bytes]);
    expect(values("metering.operation.records", named("write_record"))).toEqual([1]);
    expect(values("metering.operation.elements", named("scan"))).toEqual([2]);
    expect(values("metering.operation.elements", named("read_record"))).toEqual([2]);
    expect(values("metering.operation.objects", named("list"))).toEqual([expect.any(Number)]);
    for (const name of ["put", "get", "list", "write_record", "write_metadata", "read_metadata", "scan"]) {
      expect(values("metering.operation.duration", named(name)), name).toEqual([
        expect.objectContaining({ count: expect.any(Number) }),
      ]);
    }
  });

  test("that fails is told apart by its code, and each further attempt is counted", async () => {
    const observer = createObserver({ meterProvider, tracerProvider });
    const failing = withFaults(new MemoryStorage(), ({ verb, count }) =>
      verb === "get" && count === 1 ? { before: "throttled" } : undefined,
    );
    const storage = withObserver(withRetries(failing), observer);
    await storage.put("metering/a", new Uint8Array(3));
    await storage.get("metering/a");
    await expect(storage.get("metering/b")).rejects.toSatisfy((error) => isMeteringError(error, "not-found"));
    await expect(storage.get("metering/a", { signal: AbortSignal.abort() })).rejects.toThrow();

    const values = await collect();
    expect(values("metering.operation.retries", named("get", "throttled"))).toEqual([1]);
    expect(values("metering.operation.duration", named("get", "not-found"))).toEqual([
      expect.objectContaining({ count: 1 }),
    ]);
    expect(values("metering.operation.duration", named("get", "AbortError"))).toEqual([
      expect.objectContaining({ count: 1 }),
    ]);
    const events = spanExporter.getFinishedSpans().flatMap((span) => span.events.map((event) => event.name));
    expect(events).toEqual(["retry"]);
  });

  test("that a reader leaves out is counted as a finding", async () => {
    const observer = createObserver({ meterProvider, tracerProvider });
    const storage = new MemoryStorage();
    await storage.put(`metering/ru/${minute}/gateway/gw01-0.json.gz`, new Uint8Array(3));
    const scan = new MeteringReader(storage, { observer }).scan(range, { onFinding: () => {} });
    for await (const _ of scan) throw new Error("there is no record");
    const values = await collect();
    expect(values("metering.findings").reduce((sum: number, value) => sum + Number(value), 0)).toBe(1);
  });

  test("makes spans, and the calls of a write or scan belong to it", async () => {
    const observer = createObserver({ meterProvider, tracerProvider });
    const storage = withObserver(new MemoryStorage(), observer);
    await new MeteringWriter(storage, { observer }).write(record);
    for await (const _ of new MeteringReader(storage, { observer }).scan(range)) break;
    const spans = spanExporter.getFinishedSpans();
    const idOf = (name: string): string | undefined =>
      spans.find((span) => span.name === `metering ${name}`)?.spanContext().spanId;
    const parents = (name: string): readonly (string | undefined)[] =>
      spans.filter((span) => span.name === `metering ${name}`).map((span) => span.parentSpanContext?.spanId);
    expect(idOf("write_record")).toBeDefined();
    expect(new Set(parents("put"))).toEqual(new Set([idOf("write_record")]));
    expect(idOf("scan")).toBeDefined();
    expect(new Set([...parents("list"), ...parents("get")])).toEqual(new Set([idOf("scan")]));
  });

  test("names no tenant, category, component or key", async () => {
    const observer = createObserver({ meterProvider, tracerProvider });
    const storage = withObserver(new MemoryStorage(), observer);
    await new MeteringWriter(storage, { observer }).write(record);
    const clusterId = "cluster-of-acme";
    await new MetaWriter(storage, { observer }).write({ type: "logic", clusterId, modifyTs: minute, metadata: {} });
    await new MetaReader(storage, { observer }).read(clusterId, minute);
    await expect(storage.get("metering/of-acme")).rejects.toThrow();
    await collect();
    const spans = spanExporter.getFinishedSpans().map(({ name, attributes, events, status }) => ({
      name,
      attributes,
      events,
      status,
    }));
    expect(JSON.stringify([metricExporter.getMetrics(), spans])).not.toMatch(/acme|gw01|ru\//);
  });

  test("is the same without a registered SDK", async () => {
    const observer = createObserver();
    const storage = withObserver(new MemoryStorage(), observer);
    await new MeteringWriter(storage, { observer }).write(record);
    const found = [];
    for await (const entry of new MeteringReader(storage, { observer }).scan(range).entries())
      found.push(entry.element);
    expect(found).toEqual(record.data);
    expect(trace.getActiveSpan()).toBeUndefined();
  });
});

const away = (): Promise<never> => Promise.reject(new MeteringError("unavailable", "The bucket is away."));

describe("gauges", () => {
  test("of a recorder say what is not stored and which minute was closed last", async () => {
    let now = minute * 1000;
    const options = { category: "gateway", component: "gw", stamp: "start", now: () => now } as const;
    const recorder = new Recorder({ write: away }, options);
    const requests = recorder.counter("requests", { unit: "requests" });
    requests.add({ cluster_id: "c-1" });
    now += 60_000;
    requests.add({ cluster_id: "c-1" });
    requests.add({ cluster_id: "c-2" });
    using _ = observeRecorder(recorder, { meterProvider, attributes: { recorder: "a" } });
    const values = await collect();
    expect(values("metering.recorder.waiting", { recorder: "a" })).toEqual([1]);
    expect(values("metering.recorder.rows")).toEqual([2]);
    expect(values("metering.recorder.last_closed")).toEqual([minute]);
    expect(values("metering.recorder.lost")).toEqual([0]);
    await expect(recorder.close({ signal: AbortSignal.abort() })).rejects.toThrow();
  });

  test("of a spool say how much waits and how old it is, and end when they are disposed of", async () => {
    const memory = new Memory();
    const target = withFaults(new MemoryStorage(), () => ({ before: "unavailable" }));
    const spool = new Spool(new MemoryStorage({ memory }), target);
    await spool.write(record);
    let asked = 0;
    const status = (): ReturnType<Spool["status"]> => {
      asked++;
      return spool.status();
    };
    const gauges = observeSpool({ status }, { meterProvider });
    const values = await collect();
    expect(values("metering.spool.waiting")).toEqual([1]);
    expect(values("metering.spool.waiting.size")).toEqual([expect.any(Number)]);
    expect(Number(values("metering.spool.oldest.age")[0])).toBeGreaterThan(60);
    gauges[Symbol.dispose]();
    await collect();
    expect(asked).toBe(1);
    await spool.close();
  });
});
