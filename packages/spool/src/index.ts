export type { Journal, JournalRow } from "./journal.ts";
export type { SpoolOptions } from "./options.ts";
export { Spool, type SpoolStatus } from "./spool.ts";
