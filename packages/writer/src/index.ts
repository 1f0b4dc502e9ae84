export type { StoredPart } from "./commit.ts";
export { MetaWriter, type MetaReceipt, type MetaWriterOptions } from "./meta-writer.ts";
export { MeteringWriter, type MeteringWriterOptions, type WriteReceipt } from "./metering-writer.ts";
export type { IfExists, Outcome } from "./store.ts";
