import { decodeMeteringPage, isGoFile, type MeteringPage, type ObjectStorage } from "@metering/core";

/** A page and what its file tells beyond its content. */
export interface PageFile {
  readonly page: MeteringPage;
  readonly writtenByGo: boolean;
}

/** Downloads and decodes one page. No more than `maxBytes` of it is held, compressed or not. */
export async function readPage(
  storage: ObjectStorage,
  key: string,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<PageFile> {
  const file = await storage.get(key, { maxBytes, signal });
  return { page: await decodeMeteringPage(key, file, maxBytes), writtenByGo: isGoFile(file) };
}
