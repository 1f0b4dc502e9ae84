import {
  behind,
  keysPerRequest,
  listAllVersions,
  listVersions,
  type ListVersionsOptions,
  type StoredVersion,
  type VersionPage,
} from "./list-versions.ts";

/** The newest version at some time, and for which times that is known. */
export interface FoundVersion {
  /** The version, or `undefined` where there is none at that time. */
  readonly version: StoredVersion | undefined;
  /** Time from which it is known to be the newest: Unix seconds. */
  readonly from: number;
  /** Time before which it is known to be the newest: Unix seconds. */
  readonly until: number;
}

// Times from September 2001 to November 2286. They have ten digits, so they are in the same order as numbers and as text.
const firstUsual = 1_000_000_000;
const lastUsual = 9_999_999_999;
const usualDigits = 10;

const isUsual = (modifyTs: number): boolean => modifyTs >= firstUsual && modifyTs <= lastUsual;

/**
 * Finds the newest version that is not after `timestamp` among any number of them, in a few requests. Stores list in
 * ascending order of the text only, 1,000 keys a request.
 *
 * - Up to 1,000 keys are one request, and exact for all times.
 * - Among more, each request asks for the versions from some time on, and so tells whether there are any. The next time to
 *   ask for is chosen so that a few requests are enough: see {@link middle}.
 * - Other clusters' objects may lie between the versions. They are passed over a cluster at a time.
 * - Versions with a time that has not ten digits may lie between any two others. If the search meets one,
 *   everything is listed. Among more than 1,000 keys, one that it does not meet is not found.
 *
 * @param knownTs Time of a version that was found before. If few have been added since, one request is enough.
 */
export async function findVersion(
  options: ListVersionsOptions,
  timestamp: number,
  knownTs: number | undefined,
): Promise<FoundVersion> {
  if (knownTs !== undefined && isUsual(knownTs) && isUsual(timestamp)) {
    const page = await listFrom(options, String(knownTs), timestamp);
    const found = choose(page, timestamp);
    if (found.version !== undefined && page.completeBefore > timestamp) return found;
  }
  const start = await listFrom(options, "", timestamp);
  if (start.lastKey === undefined) return choose(start, timestamp);
  const found = start.mixed ? undefined : await search(options, timestamp, start);
  return (
    found ?? choose({ versions: await listAllVersions(options), completeBefore: Number.POSITIVE_INFINITY }, timestamp)
  );
}

/** What one request gave, and what that means for the search. */
interface Listed extends VersionPage {
  /** All versions with usual times from where the request began up to this one, exclusive, are among them. */
  readonly completeBefore: number;
  /** Whether one of them has a time that has not ten digits. */
  readonly mixed: boolean;
}

async function listFrom(options: ListVersionsOptions, after: string, timestamp: number): Promise<Listed> {
  // The first request tells more if it is read to its end: whether it gave everything.
  const isLast = (modifyTs: number): boolean => after !== "" && modifyTs > timestamp && isUsual(modifyTs);
  const page = await listVersions(options, after, isLast);
  const last = page.lastKey?.slice(options.prefix.length);
  return {
    ...page,
    completeBefore: last === undefined ? (after === "" ? Number.POSITIVE_INFINITY : lastUsual + 1) : firstBehind(last),
    mixed: page.versions.some(({ modifyTs }) => !isUsual(modifyTs)),
  };
}

/** The first usual time whose key comes behind this one, given without its prefix. */
function firstBehind(name: string): number {
  const digits = /^\d{0,10}/.exec(name)?.[0] ?? "";
  const next = name[digits.length] ?? "";
  const isOver = digits.length === usualDigits || next > "9" ? 1 : 0;
  return Math.max(firstUsual, (Number(digits) + isOver) * 10 ** (usualDigits - digits.length));
}

function choose(
  { versions, completeBefore }: Pick<Listed, "versions" | "completeBefore">,
  timestamp: number,
): FoundVersion {
  let version: StoredVersion | undefined;
  let until = Math.max(completeBefore, timestamp + 1);
  for (const candidate of versions) {
    const { modifyTs } = candidate;
    if (modifyTs > timestamp) until = Math.min(until, modifyTs);
    else if (version === undefined || modifyTs > version.modifyTs) version = candidate;
  }
  return { version, from: version?.modifyTs ?? 0, until };
}

/** Goes on behind the first request. Gives `undefined` where everything has to be listed. */
async function search(
  options: ListVersionsOptions,
  timestamp: number,
  first: Listed,
): Promise<FoundVersion | undefined> {
  const top = Math.min(timestamp, lastUsual);
  // If the first request gave only objects of other clusters, the first version behind them may be too late already.
  const start =
    first.versions.length === 0 && first.lastKey !== undefined
      ? await listFrom(options, behind(first.lastKey.slice(options.prefix.length)), timestamp)
      : first;
  if (start.mixed) return undefined;
  let best = choose(start, timestamp);
  /** Nothing newer than `best` lies before `low`, and nothing from `high` on, up to `top`. */
  let low = start.completeBefore;
  let high = top + 1;
  let until = timestamp + 1;
  let spacing = spacingOf(start.versions);
  // Most lookups are for now, or for a time when there were versions as often as at the start.
  let probe = Math.min(top, Math.floor(Date.now() / 1000)) - (spacing * keysPerRequest) / 2;
  while (low < high) {
    const from = high - low <= keysPerRequest ? low : Math.floor(Math.max(low, Math.min(probe, high - 1)));
    const page = await listCounting(options, String(from), timestamp, high);
    if (page.mixed) return undefined;
    const found = choose(page, timestamp);
    if (found.version === undefined) {
      if (page.completeBefore > top) until = found.until;
      high = from;
    } else {
      best = found;
      low = page.completeBefore;
      spacing = spacingOf(page.versions);
    }
    probe = middle(low, high, { first: start.completeBefore, last: top, grain: spacing * keysPerRequest });
  }
  return { ...best, until: Math.max(until, best.until) };
}

/** {@link listFrom}, and on up to `high` where it gave only objects of other clusters. */
async function listCounting(
  options: ListVersionsOptions,
  after: string,
  timestamp: number,
  high: number,
): Promise<Listed> {
  let page = await listFrom(options, after, timestamp);
  while (page.lastKey !== undefined && page.completeBefore < high && choose(page, timestamp).version === undefined) {
    page = await listFrom(options, behind(page.lastKey.slice(options.prefix.length)), timestamp);
  }
  return page;
}

/** Seconds from one version to the next. */
function spacingOf(versions: readonly StoredVersion[]): number {
  const [first, last] = [versions[0], versions.at(-1)];
  if (first === undefined || last === undefined || first === last) return 60;
  return Math.max(1, Math.ceil((last.modifyTs - first.modifyTs) / versions.length));
}

/**
 * Where the newest version is as likely before as behind, between `low` and `high`. It is likely to be close to an end: to
 * the first versions, if there are not many more than they are; or to the time asked for, if the cluster is alive. Of either
 * distance, each order of magnitude is taken for equally likely.
 */
function middle(
  low: number,
  high: number,
  { first, last, grain }: { readonly first: number; readonly last: number; readonly grain: number },
): number {
  const rank = (time: number): number => Math.log(time - first + grain) - Math.log(last - time + 1 + grain);
  // Of x with (x - first + grain) / (last + 1 - x + grain) = q.
  const q = Math.exp((rank(low) + rank(high)) / 2);
  return (q * (last + 1 + grain) + first - grain) / (1 + q);
}
