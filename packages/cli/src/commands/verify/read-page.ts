import {
  decodeMeteringPage,
  defaultMaxDecompressedBytes,
  isMeteringError,
  isMeteringValue,
  pageDigest,
  type MeteringElement,
  type MeteringError,
  type ObjectStorage,
  type PageManifest,
} from "@metering/core";
import { isFinding, uncountedAmount } from "@metering/reader";
import { sleep } from "@metering/storage-kit";

/** What a page says, without its elements. */
export interface CheckedPage {
  readonly digest: string;
  readonly manifest: PageManifest | undefined;
  /** One for each name of an amount that no sum counts, with the number of elements that have it. */
  readonly uncounted: ReadonlyMap<string, Uncounted>;
}

export interface Uncounted {
  readonly finding: MeteringError;
  readonly elements: number;
}

export type PageResult = CheckedPage | { readonly error: MeteringError };

const secondLookMs = 100;

/** Reads one page. A file that ends early is looked at twice, because it may be being written. */
export async function readPage(storage: ObjectStorage, key: string, signal: AbortSignal): Promise<PageResult> {
  const first = await readOnce(storage, key, signal);
  if (!("error" in first) || !isMeteringError(first.error, "truncated-file")) return first;
  await sleep(secondLookMs, signal);
  return readOnce(storage, key, signal);
}

async function readOnce(storage: ObjectStorage, key: string, signal: AbortSignal): Promise<PageResult> {
  try {
    const file = await storage.get(key, { maxBytes: defaultMaxDecompressedBytes, signal });
    const { manifest, data } = await decodeMeteringPage(key, file);
    return { digest: pageDigest(file), manifest, uncounted: uncountedOf(data) };
  } catch (error) {
    if (!isFinding(error)) throw error;
    return { error };
  }
}

function uncountedOf(data: readonly (MeteringElement | null)[]): ReadonlyMap<string, Uncounted> {
  const uncounted = new Map<string, Uncounted>();
  for (const element of data) {
    if (element === null) continue;
    for (const [name, property] of Object.entries(element)) {
      if (typeof property !== "object" || isMeteringValue(property)) continue;
      const finding = uncountedAmount(name, property);
      if (finding === undefined) continue;
      const known = uncounted.get(name);
      uncounted.set(name, known === undefined ? { finding, elements: 1 } : { ...known, elements: known.elements + 1 });
    }
  }
  return uncounted;
}
