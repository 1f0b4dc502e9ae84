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
  const start = await listSome(storage, prefix, prefix, undefined, signal);
  if (start.exhausted) return chooseAmong(start.versions, timestamp);
  // Versions of as many digits are in the same order as numbers and as text; any of fewer digits is older.
  for (let digits = String(timestamp).length; digits > 0; digits--) {
    const last = Math.min(timestamp, 10 ** digits - 1);
    const found = await findAmongEqualLength(storage, prefix, last, start.versions, signal);
    if (found.version !== undefined) return found;
  }
  return { version: undefined, from: timestamp, until: timestamp + 1 };
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

/** Up to 1,000 of this cluster's own versions behind `startAfter`, and one behind `lastKey` if it comes next. */
async function listSome(
  storage: ObjectStorage,
  prefix: string,
  startAfter: string,
  lastKey: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Listed> {
  const versions: Version[] = [];
  for await (const { key } of storage.list(prefix, { startAfter, signal })) {
    const id = parseMetadataKey(key);
    // Deeper keys belong to a category of this cluster's name.
    if (id !== undefined && isDirectlyUnder(key, prefix)) versions.push({ key, modifyTs: id.modifyTs });
    if (lastKey !== undefined && compareKeys(key, lastKey) > 0) return { versions, exhausted: true };
    if (versions.length === keysPerRequest) return { versions, exhausted: false };
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
  const isOfLength = ({ modifyTs }: Version): boolean => String(modifyTs).length === String(timestamp).length;
  const first = seen.filter(isOfLength);
  const firstChoice = chooseAmong(first, timestamp);
  // One later than asked for was among the first: so all earlier ones were.
  if (firstChoice.until !== Number.POSITIVE_INFINITY) return firstChoice;

  const lastKey = `${prefix}${timestamp}${ending}`;
  let best = firstChoice.version;
  /** Nothing newer than `best` lies before `low`, and nothing from `high` on, up to the time asked for. */
  let low = (best?.modifyTs ?? 10 ** (String(timestamp).length - 1) - 1) + 1;
  let high = timestamp + 1;
  let distance = typicalDistance(first) * 100;
  let overshot = false;
  while (low < high) {
    const rest = high - low;
    const from = rest <= keysPerRequest ? low : high - Math.min(rest, overshot ? Math.ceil(rest / 2) : distance);
    const { versions, exhausted } = await listSome(storage, prefix, `${prefix}${from}`, lastKey, signal);
    const { version, until } = chooseAmong(versions.filter(isOfLength), timestamp);
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
