export { createObserver, type ObserverOptions } from "./observer.ts";
export { observeRecorder, type RecorderSource } from "./recorder.ts";
export { observeSpool, type SpoolSource } from "./spool.ts";
export type { GaugeOptions } from "./gauges.ts";
