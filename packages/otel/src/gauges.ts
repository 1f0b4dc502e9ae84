import { metrics, type Attributes, type BatchObservableResult, type MeterProvider } from "@opentelemetry/api";

/** Where gauges go, and what tells them apart. */
export interface GaugeOptions {
  /** Default: the one registered with `@opentelemetry/api`. */
  readonly meterProvider?: MeterProvider | undefined;
  /** Attributes of all gauges, to tell several recorders or spools of a process apart. Default: none. */
  readonly attributes?: Attributes | undefined;
}

interface GaugeDefinition {
  readonly description: string;
  readonly unit: string;
}

/**
 * Makes gauges that are read together whenever metrics are collected. A value that is not there is left out.
 *
 * @returns what ends it.
 */
export function observeGauges<Name extends string>(
  definitions: Readonly<Record<Name, GaugeDefinition>>,
  read: () => Promise<Readonly<Record<Name, number | undefined>>>,
  { meterProvider, attributes = {} }: GaugeOptions,
): Disposable {
  const meter = (meterProvider ?? metrics).getMeter("@metering/otel");
  const gauges = Object.entries<GaugeDefinition>(definitions).map(([name, definition]) => ({
    name,
    gauge: meter.createObservableGauge(name, definition),
  }));
  const observables = gauges.map(({ gauge }) => gauge);
  const callback = async (result: BatchObservableResult): Promise<void> => {
    const values: Readonly<Record<string, number | undefined>> = await read();
    for (const { name, gauge } of gauges) {
      const value = values[name];
      if (value !== undefined) result.observe(gauge, value, attributes);
    }
  };
  meter.addBatchObservableCallback(callback, observables);
  return { [Symbol.dispose]: () => meter.removeBatchObservableCallback(callback, observables) };
}
