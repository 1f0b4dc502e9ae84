export { isMeteringError, MeteringError, type MeteringErrorCode, type MeteringErrorContext } from "./errors.ts";
export { silentLogger, type Logger } from "./logger.ts";
export { parseOptions } from "./options.ts";
export type {
  CallOptions,
  GetOptions,
  ListOptions,
  ObjectInfo,
  ObjectStorage,
  PutOptions,
  PutResult,
} from "./storage.ts";
export { compareKeys, createKeyPrefix, maxKeyBytes, maxSegmentBytes, type KeyPrefix } from "./storage-key.ts";
