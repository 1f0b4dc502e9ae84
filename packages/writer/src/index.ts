export { copyMetadata, copyRecord, type CopyOptions } from "./copy-record.ts";
export { MetaWriter, type MetaReceipt, type MetaWriterOptions } from "./meta-writer.ts";
export { MeteringWriter, type MeteringWriterOptions, type WriteReceipt } from "./metering-writer.ts";
export type { StoredPart } from "./record-pages.ts";
export type { IfExists, Outcome } from "./stored-object.ts";
