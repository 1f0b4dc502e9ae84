import { compareKeys, parseMetadataKey, type ObjectStorage } from "@metering/core";

/** The newest version at some time, and what else is known from looking for it. */
export interface FoundVersion {
  /** The version, or `undefined` where there is none at that time. */
  readonly version: { readonly key: string; readonly modifyTs: number } | undefined;
  /** Time from which it is known to be the newest: Unix seconds. */
  readonly from: number;
  /** Time before which it is known to be the newest: Unix seconds. */
  readonly until: number;
}

/** Keys a store lists per request; a lookup that needs more asks elsewhere instead of reading on. */
const keysPerRequest = 1000;
const ending = ".json.gz";

/**
 * Finds the newest version not after `timestamp` among any number of them, in a few requests.
 *
 * Stores list ascending only, and by text. The first request lists from the start: of up to 1,000 versions it finds all.
 * Among more it looks just before `timestamp`, as far back as the versions seen suggest, and halves or widens the
 * distance until it has the last one.
 *
 * @param prefix Start of the keys of this cluster's versions.
 */
export async function findVersion(
  storage: ObjectStorage,
  prefix: string,
  timestamp: number,
  signal: AbortSignal | undefined,
): Promise<FoundVersion> {
  const start = await listSome(storage, prefix, { signal });
  if (start.exhausted) return chooseAmong(start.versions, timestamp);
  // Versions of as many digits are in the same order as numbers and as text. Any of fewer digits is older, and lies
  // anywhere between them: those are looked for only where there is no other, in the whole listing.
  const digits = String(timestamp).length;
  const found = await findAmongEqualLength(storage, prefix, timestamp, start.versions, signal);
  if (found.version !== undefined) return found;
  const { versions } = await listSome(storage, prefix, {
    accept: (time) => String(time).length < digits,
    limit: Infinity,
    signal,
  });
  return { ...chooseAmong(versions, timestamp), until: found.until };
}

interface Version {
  readonly key: string;
  readonly modifyTs: number;
}

interface Listed {
  readonly versions: readonly Version[];
  /** Whether there is nothing more behind them, up to the end asked for. */
  readonly exhausted: boolean;
}

interface ListSomeOptions {
  /** Default: from the start. */
  readonly startAfter?: string;
  /** Default: to the end. */
  readonly lastKey?: string;
  /** Which times to take. Default: all. */
  readonly accept?: (modifyTs: number) => boolean;
  /** How many versions to take. Default: what one request gives. */
  readonly limit?: number;
  readonly signal: AbortSignal | undefined;
}

/** This cluster's own versions, up to a number of them or to the first behind `lastKey`. */
async function listSome(
  storage: ObjectStorage,
  prefix: string,
  { startAfter, lastKey, accept, limit = keysPerRequest, signal }: ListSomeOptions,
): Promise<Listed> {
  const versions: Version[] = [];
  for await (const { key } of storage.list(prefix, { startAfter, signal, keysOnly: true })) {
    const modifyTs = parseMetadataKey(key)?.modifyTs;
    // Deeper keys belong to a category of this cluster's name.
    if (modifyTs !== undefined && isDirectlyUnder(key, prefix) && accept?.(modifyTs) !== false) {
      versions.push({ key, modifyTs });
    }
    if (lastKey !== undefined && compareKeys(key, lastKey) > 0) return { versions, exhausted: true };
    if (versions.length === limit) return { versions, exhausted: false };
  }
  return { versions, exhausted: true };
}

function isDirectlyUnder(key: string, prefix: string): boolean {
  return !key.slice(prefix.length).includes("/");
}

function chooseAmong(versions: readonly Version[], timestamp: number): FoundVersion {
  let version: Version | undefined;
  let until = Number.POSITIVE_INFINITY;
  for (const candidate of versions) {
    const { modifyTs } = candidate;
    if (modifyTs > timestamp) until = Math.min(until, modifyTs);
    else if (version === undefined || modifyTs > version.modifyTs) version = candidate;
  }
  return { version, from: version?.modifyTs ?? 0, until };
}

async function findAmongEqualLength(
  storage: ObjectStorage,
  prefix: string,
  timestamp: number,
  seen: readonly Version[],
  signal: AbortSignal | undefined,
): Promise<FoundVersion> {
  const digits = String(timestamp).length;
  const isOfLength = (modifyTs: number): boolean => String(modifyTs).length === digits;
  const first = seen.filter(({ modifyTs }) => isOfLength(modifyTs));
  const firstChoice = chooseAmong(first, timestamp);
  // One later than asked for was among the first: so all earlier ones were.
  if (firstChoice.until !== Number.POSITIVE_INFINITY) return firstChoice;

  const lastKey = `${prefix}${timestamp}${ending}`;
  let best = firstChoice.version;
  /** Nothing newer than `best` lies before `low`, and nothing from `high` on, up to the time asked for. */
  let low = (best?.modifyTs ?? 10 ** (digits - 1) - 1) + 1;
  let high = timestamp + 1;
  let distance = typicalDistance(first) * 100;
  let overshot = false;
  while (low < high) {
    const rest = high - low;
    const from = rest <= keysPerRequest ? low : high - Math.min(rest, overshot ? Math.ceil(rest / 2) : distance);
    const startAfter = `${prefix}${from}`;
    const { versions, exhausted } = await listSome(storage, prefix, {
      startAfter,
      lastKey,
      accept: isOfLength,
      signal,
    });
    const { version, until } = chooseAmong(versions, timestamp);
    if (version === undefined) {
      high = from;
      distance *= 8;
      continue;
    }
    best = version;
    low = version.modifyTs + 1;
    if (exhausted) {
      const next = until === Number.POSITIVE_INFINITY ? timestamp + 1 : until;
      return { version, from: version.modifyTs, until: next };
    }
    // There were more than fit: what is wanted lies between the last of them and `high`.
    overshot = true;
  }
  return { version: best, from: best?.modifyTs ?? timestamp, until: timestamp + 1 };
}

function typicalDistance(versions: readonly Version[]): number {
  const [first, last] = [versions[0], versions.at(-1)];
  if (first === undefined || last === undefined) return 1;
  return Math.max(1, Math.ceil((last.modifyTs - first.modifyTs) / versions.length));
}
