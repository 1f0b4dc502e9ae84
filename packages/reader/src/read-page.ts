import { decodeMeteringPage, isMeteringError, pageDigest, type MeteringPage, type ObjectStorage } from "@metering/core";
import { sleep } from "@metering/storage-kit";

/** A page and the digest by which part 0 names it. */
export interface ReadPage {
  readonly page: MeteringPage;
  readonly digest: string;
}

/** What reading needs. */
export interface ReadContext {
  readonly storage: ObjectStorage;
  /** The most bytes of one file, compressed and decompressed. */
  readonly maxBytes: number;
}

const secondLookMs = 100;

/**
 * Downloads and decodes one page. A file that ends early is looked at once more: the Go SDK writes files on a local disk
 * in place, so a reader can meet one that is being written.
 */
export async function readPage(context: ReadContext, key: string, signal: AbortSignal | undefined): Promise<ReadPage> {
  try {
    return await readOnce(context, key, signal);
  } catch (error) {
    if (!isMeteringError(error, "truncated-file")) throw error;
  }
  await sleep(secondLookMs, signal);
  return readOnce(context, key, signal);
}

async function readOnce(
  { storage, maxBytes }: ReadContext,
  key: string,
  signal: AbortSignal | undefined,
): Promise<ReadPage> {
  const file = await storage.get(key, { maxBytes, signal });
  return { page: await decodeMeteringPage(key, file, maxBytes), digest: pageDigest(file) };
}
