import { MeteringError } from "./errors.ts";
import type { MetadataId, MetadataType, RecordId } from "./record.ts";
import { isLongerThan, maxKeyBytes, segmentProblem, shorten } from "./storage-key.ts";

const meteringRoot = "metering/ru/";
const metadataRoot = "metering/meta/";
const ending = ".json.gz";

/** What the key of a metering page says. */
export interface MeteringKey extends RecordId {
  readonly part: number;
}

// What almost every identifier is, found with one look.
const plainIdentifier = /^[\w-][\w.-]{0,200}$/;

/** Rule that an identifier of a caller's breaks as a path segment, or `undefined`. */
export function identifierProblem(value: string): string | undefined {
  if (plainIdentifier.test(value)) return undefined;
  if (/[/\\:*?"<>|]/.test(value)) return 'holds one of / \\ : * ? " < > |';
  return segmentProblem(value);
}

/** Rule that a self id breaks, or `undefined`: in a file name, the last `-` sets it apart from the part. */
export function selfIdProblem(value: string): string | undefined {
  return value.includes("-") ? "holds a -" : identifierProblem(value);
}

/** Whether `value` is Unix seconds of a minute: positive and a multiple of 60. */
export function isMinute(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0 && value % 60 === 0;
}

/** Whether `value` can be a `modify_ts`: positive Unix seconds. */
export function isModifyTs(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

function isPart(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function refuse(field: string, value: unknown, rule: string): never {
  throw new MeteringError("invalid-argument", `${field} ${shorten(String(value))} ${rule}. No key can be made of it.`);
}

function checkedSegment(field: string, value: string, problemOf = identifierProblem): string {
  const problem = problemOf(value);
  return problem === undefined ? value : refuse(field, value, problem);
}

function checkedKey(key: string): string {
  const fileName = key.slice(key.lastIndexOf("/") + 1);
  const problem = segmentProblem(fileName);
  if (problem !== undefined) refuse("file name", fileName, problem);
  if (isLongerThan(key, maxKeyBytes)) refuse("key", key, `is longer than ${maxKeyBytes} bytes`);
  return key;
}

/**
 * Start of the keys of one minute, or of one category in it, or of one record's pages.
 *
 * @throws `invalid-argument` where an identifier or the timestamp breaks a rule of the key.
 */
export function meteringKeyPrefix(
  id: Pick<RecordId, "timestamp"> & { readonly [Field in "category" | "sharedPoolId" | "selfId"]?: string | undefined },
): string {
  if (!isMinute(id.timestamp)) refuse("timestamp", id.timestamp, "is not a minute in Unix seconds");
  let prefix = `${meteringRoot}${id.timestamp}/`;
  if (id.category === undefined) return prefix;
  prefix += `${checkedSegment("category", id.category)}/`;
  if (id.sharedPoolId !== undefined) prefix += `${checkedSegment("sharedPoolId", id.sharedPoolId)}/`;
  return id.selfId === undefined ? prefix : `${prefix}${checkedSegment("selfId", id.selfId, selfIdProblem)}-`;
}

/**
 * Key of a metering page: `metering/ru/{timestamp}/{category}/[{sharedPoolId}/]{selfId}-{part}.json.gz`.
 *
 * @throws `invalid-argument` naming the field that breaks a rule.
 */
export function buildMeteringKey(key: MeteringKey): string {
  if (!isPart(key.part)) refuse("part", key.part, "is not a page number");
  return checkedKey(`${meteringKeyPrefix(key)}${key.part}${ending}`);
}

const meteringPattern = /^metering\/ru\/([1-9]\d*)\/([^/]+)\/(?:([^/]+)\/)?([^/-]+)-(0|[1-9]\d*)\.json\.gz$/;

/** What a metering page's key says, or `undefined` for any other string. Never throws. */
export function parseMeteringKey(key: string): MeteringKey | undefined {
  const match = meteringPattern.exec(key);
  if (match === null) return undefined;
  const [, timestampText, category = "", sharedPoolId, selfId = "", partText] = match;
  const id = { timestamp: Number(timestampText), category, selfId, part: Number(partText) };
  const parsed: MeteringKey = sharedPoolId === undefined ? id : { ...id, sharedPoolId };
  // The pattern lets through what the rules of the fields refuse.
  const valid =
    isMinute(parsed.timestamp) &&
    isPart(parsed.part) &&
    identifierProblem(category) === undefined &&
    identifierProblem(selfId) === undefined &&
    (sharedPoolId === undefined || identifierProblem(sharedPoolId) === undefined) &&
    isKey(key);
  return valid ? parsed : undefined;
}

/** Whether a key whose fields are valid is one also as a whole. */
function isKey(key: string): boolean {
  const fileName = key.slice(key.lastIndexOf("/") + 1);
  const isSegment = plainIdentifier.test(fileName) || segmentProblem(fileName) === undefined;
  return isSegment && !isLongerThan(key, maxKeyBytes);
}

/** Start of the keys of one cluster's metadata versions; without a type, of the legacy layout's. */
export function metadataKeyPrefix(id: Omit<MetadataId, "modifyTs">): string {
  const clusterId = checkedSegment("clusterId", id.clusterId);
  if (id.type === undefined) {
    if (id.category !== undefined) refuse("category", id.category, "goes with a type");
    return `${metadataRoot}${clusterId}/`;
  }
  const category = id.category === undefined ? "" : `${checkedSegment("category", id.category)}/`;
  return `${metadataRoot}${id.type}/${category}${clusterId}/`;
}

/**
 * Key of one version of a cluster's metadata: `metering/meta/{type}/[{category}/]{clusterId}/{modifyTs}.json.gz`,
 * or, without a type, of the legacy layout.
 *
 * @throws `invalid-argument` naming the field that breaks a rule.
 */
export function buildMetadataKey(id: MetadataId): string {
  if (!isModifyTs(id.modifyTs)) refuse("modifyTs", id.modifyTs, "is not positive Unix seconds");
  return checkedKey(`${metadataKeyPrefix(id)}${id.modifyTs}${ending}`);
}

const typedPattern = /^metering\/meta\/(logic|sharedpool)\/(?:([^/]+)\/)?([^/]+)\/([1-9]\d*)\.json\.gz$/;
const legacyPattern = /^metering\/meta\/([^/]+)\/([1-9]\d*)\.json\.gz$/;

/** What a metadata file's key says, or `undefined` for any other string. Never throws. */
export function parseMetadataKey(key: string): MetadataId | undefined {
  const typed = typedPattern.exec(key);
  const legacy = typed === null ? legacyPattern.exec(key) : null;
  const parsed = typed === null ? legacyId(legacy) : typedId(typed);
  if (parsed === undefined) return undefined;
  const { category, clusterId, modifyTs } = parsed;
  const valid =
    isModifyTs(modifyTs) &&
    identifierProblem(clusterId) === undefined &&
    (category === undefined || identifierProblem(category) === undefined) &&
    isKey(key);
  return valid ? parsed : undefined;
}

function typedId([, type, category, clusterId = "", modifyTs]: RegExpExecArray): MetadataId {
  const knownType: MetadataType = type === "logic" ? "logic" : "sharedpool";
  return { type: knownType, ...(category === undefined ? {} : { category }), clusterId, modifyTs: Number(modifyTs) };
}

function legacyId(match: RegExpExecArray | null): MetadataId | undefined {
  return match === null ? undefined : { clusterId: match[1] ?? "", modifyTs: Number(match[2]) };
}
