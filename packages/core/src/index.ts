export { decodeMetadata, decodeMeteringPage, defaultMaxDecompressedBytes, isGoFile, sameContent } from "./decode.ts";
export {
  createPageEncoder,
  defaultCompressionLevel,
  encodeMetadata,
  maxPageBytes,
  type PageEncoder,
} from "./encode.ts";
export { encodeElement } from "./encode-element.ts";
export { checkElement } from "./element.ts";
export { isMeteringError, MeteringError, type MeteringErrorCode, type MeteringErrorContext } from "./errors.ts";
export { parseJson, stringifyJson } from "./json.ts";
export { silentLogger, type Logger } from "./logger.ts";
export {
  buildMetadataKey,
  buildMeteringKey,
  metadataKeyPrefix,
  meteringKeyPrefix,
  parseMetadataKey,
  parseMeteringKey,
  type MeteringKey,
} from "./metering-key.ts";
export { toMinute } from "./minute.ts";
export { parseOptions } from "./options.ts";
export type {
  JsonObject,
  JsonValue,
  Metadata,
  MetadataId,
  MetadataType,
  MeteringElement,
  MeteringPage,
  MeteringRecord,
  MeteringValue,
  RecordId,
  StoredMetadata,
} from "./record.ts";
export {
  checkMetadata,
  checkRecord,
  identifierSchema,
  loggerSchema,
  metadataSchema,
  meteringElementSchema,
  meteringRecordSchema,
  meteringValueSchema,
  modifyTsSchema,
  selfIdSchema,
  timestampSchema,
} from "./schema.ts";
export {
  type CallOptions,
  type GetOptions,
  type ListedObject,
  type ListOptions,
  type ObjectInfo,
  type ObjectStorage,
  type PutOptions,
  type PutResult,
} from "./storage.ts";
export {
  compareKeys,
  maxKeyBytes,
  maxSegmentBytes,
  segmentProblem,
  shorten,
  storageKeyProblem,
} from "./storage-key.ts";
