import { isMeteringError } from "@metering/core";
import type { Amounts, Observation, Observer, Operation, OperationName } from "@metering/storage-kit";
import {
  context,
  metrics,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type MeterProvider,
  type TracerProvider,
} from "@opentelemetry/api";

/** Where telemetry goes. */
export interface ObserverOptions {
  /** Default: the one registered with `@opentelemetry/api` when the observer is made. */
  readonly meterProvider?: MeterProvider | undefined;
  /** Default: the registered one. */
  readonly tracerProvider?: TracerProvider | undefined;
}

const verbs: ReadonlySet<OperationName> = new Set<OperationName>(["put", "get", "head", "delete", "list"]);

/** From a local disk to a request that was repeated several times, in seconds. */
const durationBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

/** The code of a `MeteringError`, or the name of another error, such as `AbortError`. */
function errorType(error: unknown): string {
  if (isMeteringError(error)) return error.code;
  return typeof error === "object" && error !== null && "name" in error ? String(error.name) : "Error";
}

/**
 * An observer that makes OpenTelemetry metrics and spans of what storages, writers and readers do. Make it after the SDK
 * is registered. No key, category, cluster or other name of a tenant is in them.
 *
 * @example
 * ```ts
 * const observer = createObserver();
 * const storage = withObserver(new S3Storage({ bucket: "usage" }), observer);
 * const writer = new MeteringWriter(storage, { ifExists: "verify", observer });
 * ```
 */
export function createObserver({ meterProvider, tracerProvider }: ObserverOptions = {}): Observer {
  const tracer = (tracerProvider ?? trace).getTracer("@metering/otel");
  const meter = (meterProvider ?? metrics).getMeter("@metering/otel");
  const durations = meter.createHistogram("metering.operation.duration", {
    description: "Duration of calls of a storage and of what writers and readers do",
    unit: "s",
    advice: { explicitBucketBoundaries: durationBuckets },
  });
  const retries = meter.createCounter("metering.operation.retries", {
    description: "Further attempts after a failed one",
    unit: "{retry}",
  });
  const counters = {
    bytes: meter.createCounter("metering.operation.io", { description: "Bytes stored or read", unit: "By" }),
    objects: meter.createCounter("metering.operation.objects", { description: "Objects listed", unit: "{object}" }),
    records: meter.createCounter("metering.operation.records", {
      description: "Records written or read",
      unit: "{record}",
    }),
    elements: meter.createCounter("metering.operation.elements", {
      description: "Elements written or read",
      unit: "{element}",
    }),
  };
  const findings = meter.createCounter("metering.findings", {
    description: "Files and records that a reader left out",
    unit: "{finding}",
  });

  function count(amounts: Amounts, attributes: Attributes): void {
    for (const [name, counter] of Object.entries(counters)) {
      const amount: unknown = Reflect.get(amounts, name);
      if (typeof amount === "number" && amount > 0) counter.add(amount, attributes);
    }
  }

  function start({ name, storage }: Operation): Observation {
    const attributes = { "metering.operation.name": name, "metering.storage.name": storage };
    const kind = verbs.has(name) ? SpanKind.CLIENT : SpanKind.INTERNAL;
    const span = tracer.startSpan(`metering ${name}`, { kind, attributes });
    const inside = span.isRecording() ? trace.setSpan(context.active(), span) : undefined;
    const startMs = performance.now();
    const finish = (amounts: Amounts, labels: Attributes): void => {
      durations.record((performance.now() - startMs) / 1000, labels);
      count(amounts, attributes);
      span.end();
    };
    return {
      run: (step) => (inside === undefined ? step() : context.with(inside, step)),
      retry(error) {
        const type = { "error.type": errorType(error) };
        retries.add(1, { ...attributes, ...type });
        span.addEvent("retry", type);
      },
      end: (amounts) => finish(amounts, attributes),
      fail(error, amounts) {
        const type = { "error.type": errorType(error) };
        span.setAttributes(type);
        span.setStatus({ code: SpanStatusCode.ERROR });
        finish(amounts, { ...attributes, ...type });
      },
    };
  }

  return {
    start,
    finding: (storage, { code }) => findings.add(1, { "metering.storage.name": storage, "error.type": code }),
  };
}
