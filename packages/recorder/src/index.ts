export type { Attributes } from "./attributes.ts";
export type { LostMinute } from "./delivery.ts";
export type { Counter, CounterRow, Gauge, GaugeOptions, Keep, MeterOptions } from "./meter.ts";
export type { RecorderOptions } from "./options.ts";
export { Recorder, type RecorderStatus } from "./recorder.ts";
export type { Journal, JournalRow, Sink } from "./sink.ts";
