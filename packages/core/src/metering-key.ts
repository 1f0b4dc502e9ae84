import { MeteringError } from "./errors.ts";
import type { MetadataId, MetadataType, RecordId } from "./record.ts";
import { isLongerThan, maxKeyBytes, plainKey, segmentProblem, shorten } from "./storage-key.ts";
import { isMinute, isUnixSeconds, minuteProblem, secondsProblem } from "./time.ts";

const meteringRoot = "metering/ru/";
const metadataRoot = "metering/meta/";
const ending = ".json.gz";

/** What the key of a metering page says. */
export interface MeteringKey extends RecordId {
  readonly part: number;
}

// Almost every name matches this and needs no other check.
const plainIdentifier = /^[\w-][\w.-]{0,200}$/;

/** The rule that a name breaks where it is written, or `undefined`. Reading is liberal: see {@link nameProblem}. */
export function identifierProblem(value: string): string | undefined {
  if (plainIdentifier.test(value)) return undefined;
  if (/[/\\:*?"<>|]/.test(value)) return 'contains one of / \\ : * ? " < > |';
  return segmentProblem(value);
}

/** The rule that a self id breaks where it is written: in a file name, the last `-` separates it from the part. */
export function selfIdProblem(value: string): string | undefined {
  return value.includes("-") ? "contains a - (newSelfId makes a valid one)" : identifierProblem(value);
}

/**
 * The rule that a name breaks where records are looked up, or `undefined`. The Go SDK accepts almost any name, such as
 * `10.0.0.1:4000`, so every name that a key can hold is accepted.
 */
export function nameProblem(value: string): string | undefined {
  if (plainIdentifier.test(value)) return undefined;
  return value.includes("/") ? "contains a /" : segmentProblem(value);
}

/** {@link nameProblem} for a self id. */
export function selfIdNameProblem(value: string): string | undefined {
  return value.includes("-") ? "contains a -" : nameProblem(value);
}

function isPart(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function refuse(field: string, value: unknown, rule: string): never {
  throw new MeteringError("invalid-argument", `${field} ${shorten(String(value))} ${rule}. No key can be made of it.`);
}

function checkedSegment(field: string, value: string, problemOf: (value: string) => string | undefined): string {
  const problem = problemOf(value);
  return problem === undefined ? value : refuse(field, value, problem);
}

function checkTime(field: string, value: number, problemOf: (value: unknown) => string | undefined): void {
  const problem = problemOf(value);
  if (problem !== undefined) refuse(field, value, problem);
}

function checkedKey(key: string): string {
  const fileName = key.slice(key.lastIndexOf("/") + 1);
  const problem = segmentProblem(fileName);
  if (problem !== undefined) refuse("file name", fileName, problem);
  if (isLongerThan(key, maxKeyBytes)) refuse("key", key, `is longer than ${maxKeyBytes} bytes`);
  return key;
}

/**
 * The start of the keys of one minute, of one category in it, or of the pages of one record. Accepts every name that a
 * stored key can hold, also those that these packages do not write.
 *
 * @throws `invalid-argument` if no key can hold a name or the timestamp.
 */
export function meteringKeyPrefix(
  id: Pick<RecordId, "timestamp"> & { readonly [Field in "category" | "sharedPoolId" | "selfId"]?: string | undefined },
): string {
  checkTime("timestamp", id.timestamp, minuteProblem);
  let prefix = `${meteringRoot}${id.timestamp}/`;
  if (id.category === undefined) return prefix;
  prefix += `${checkedSegment("category", id.category, nameProblem)}/`;
  if (id.sharedPoolId !== undefined) prefix += `${checkedSegment("sharedPoolId", id.sharedPoolId, nameProblem)}/`;
  return id.selfId === undefined ? prefix : `${prefix}${checkedSegment("selfId", id.selfId, selfIdNameProblem)}-`;
}

/**
 * The key of a metering page to write: `metering/ru/{timestamp}/{category}/[{sharedPoolId}/]{selfId}-{part}.json.gz`.
 *
 * @throws `invalid-argument` with the field that breaks a rule.
 */
export function buildMeteringKey(key: MeteringKey): string {
  checkedSegment("category", key.category, identifierProblem);
  checkedSegment("selfId", key.selfId, selfIdProblem);
  if (key.sharedPoolId !== undefined) checkedSegment("sharedPoolId", key.sharedPoolId, identifierProblem);
  if (!isPart(key.part)) refuse("part", key.part, "is not a page number");
  return checkedKey(`${meteringKeyPrefix(key)}${key.part}${ending}`);
}

const meteringPattern = /^metering\/ru\/([1-9]\d*)\/([^/]+)\/(?:([^/]+)\/)?([^/-]+)-(0|[1-9]\d*)\.json\.gz$/;

/** What the key of a metering page says, whoever wrote it, or `undefined` for any other string. Never throws. */
export function parseMeteringKey(key: string): MeteringKey | undefined {
  const match = meteringPattern.exec(key);
  if (match === null) return undefined;
  const [, timestampText, category = "", sharedPoolId, selfId = "", partText] = match;
  const id = { timestamp: Number(timestampText), category, selfId, part: Number(partText) };
  const parsed: MeteringKey = sharedPoolId === undefined ? id : { ...id, sharedPoolId };
  return isMinute(parsed.timestamp) && isPart(parsed.part) && canBeKey(key) ? parsed : undefined;
}

/** Whether a store can hold a key. */
function canBeKey(key: string): boolean {
  if (key.length <= maxKeyBytes / 3 && plainKey.test(key)) return true;
  return !isLongerThan(key, maxKeyBytes) && key.split("/").every((segment) => nameProblem(segment) === undefined);
}

/**
 * The start of the keys of the versions of one cluster's metadata; without a type, of those in the legacy layout. Accepts
 * every name that a stored key can hold.
 *
 * @throws `invalid-argument` if no key can hold a name.
 */
export function metadataKeyPrefix(id: Omit<MetadataId, "modifyTs">): string {
  const clusterId = checkedSegment("clusterId", id.clusterId, nameProblem);
  if (id.type === undefined) {
    if (id.category !== undefined) refuse("category", id.category, "needs a type");
    return `${metadataRoot}${clusterId}/`;
  }
  const category = id.category === undefined ? "" : `${checkedSegment("category", id.category, nameProblem)}/`;
  return `${metadataRoot}${id.type}/${category}${clusterId}/`;
}

/**
 * The key of a version of a cluster's metadata to write: `metering/meta/{type}/[{category}/]{clusterId}/{modifyTs}.json.gz`,
 * or, without a type, the key in the legacy layout.
 *
 * @throws `invalid-argument` with the field that breaks a rule.
 */
export function buildMetadataKey(id: MetadataId): string {
  checkedSegment("clusterId", id.clusterId, identifierProblem);
  if (id.category !== undefined) checkedSegment("category", id.category, identifierProblem);
  checkTime("modifyTs", id.modifyTs, secondsProblem);
  return checkedKey(`${metadataKeyPrefix(id)}${id.modifyTs}${ending}`);
}

const typedPattern = /^metering\/meta\/(logic|sharedpool)\/(?:([^/]+)\/)?([^/]+)\/([1-9]\d*)\.json\.gz$/;
const legacyPattern = /^metering\/meta\/([^/]+)\/([1-9]\d*)\.json\.gz$/;

/** What the key of a metadata file says, whoever wrote it, or `undefined` for any other string. Never throws. */
export function parseMetadataKey(key: string): MetadataId | undefined {
  const typed = typedPattern.exec(key);
  const legacy = typed === null ? legacyPattern.exec(key) : null;
  const parsed = typed === null ? legacyId(legacy) : typedId(typed);
  if (parsed === undefined) return undefined;
  return isUnixSeconds(parsed.modifyTs) && canBeKey(key) ? parsed : undefined;
}

function typedId([, type, category, clusterId = "", modifyTs]: RegExpExecArray): MetadataId {
  const knownType: MetadataType = type === "logic" ? "logic" : "sharedpool";
  return { type: knownType, ...(category === undefined ? {} : { category }), clusterId, modifyTs: Number(modifyTs) };
}

function legacyId(match: RegExpExecArray | null): MetadataId | undefined {
  return match === null ? undefined : { clusterId: match[1] ?? "", modifyTs: Number(match[2]) };
}
