export { isMeteringValue, maxAmount, meteringValue } from "./amount.ts";
export { decodeMetadata, decodeMeteringPage, defaultMaxDecompressedBytes, sameContent } from "./decode.ts";
export { defaultCompressionLevel, encodeMetadata, maxPageBytes } from "./encode.ts";
export { encodeRecord, type EncodeRecordOptions, type RecordPage } from "./encode-record.ts";
export { checkElement, type UncountedValues } from "./element.ts";
export {
  isMeteringError,
  MeteringError,
  type MeteringErrorCode,
  type MeteringErrorContext,
  type Stored,
} from "./errors.ts";
export { parseJson, stringifyJson } from "./json.ts";
export { loggerProblem, silentLogger, type Logger } from "./logger.ts";
export { pageDigest } from "./manifest.ts";
export {
  buildMetadataKey,
  buildMeteringKey,
  identifierProblem,
  metadataKeyPrefix,
  meteringKeyPrefix,
  nameProblem,
  parseMetadataKey,
  parseMeteringKey,
  selfIdNameProblem,
  selfIdProblem,
  type MeteringKey,
} from "./metering-key.ts";
export type { SchemaIssue } from "./issues.ts";
export { parseOptions, type OptionsSchema } from "./options.ts";
export type {
  JsonCompatibleObject,
  JsonObject,
  JsonValue,
  Metadata,
  MetadataId,
  MetadataType,
  MeteringElement,
  MeteringPage,
  MeteringRecord,
  MeteringValue,
  PageManifest,
  RecordId,
  StoredMetadata,
} from "./record.ts";
export { checkMetadata, checkRecord } from "./schema.ts";
export { componentOf, newSelfId } from "./self-id.ts";
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
export { minuteProblem, secondsProblem, toMinute, toSeconds } from "./time.ts";
