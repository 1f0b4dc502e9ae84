export { Memory, type StoredObject } from "./memory.ts";
export { MemoryStorage } from "./memory-storage.ts";
export type { MemoryStorageOptions } from "./options.ts";
