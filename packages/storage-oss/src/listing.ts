import { type ListedObject, type ListOptions, MeteringError } from "@metering/core";
import type { KeyPrefix } from "@metering/storage-kit";
import * as z from "zod/mini";

const pageSchema = /* @__PURE__ */ (() =>
  z.object({
    objects: z.array(
      z.object({ name: z.string(), size: z.number(), etag: z.optional(z.string()), lastModified: z.iso.datetime() }),
    ),
    isTruncated: z.boolean(),
    // Not a number where the answer is some other XML, which ali-oss takes for an empty page.
    keyCount: z.number(),
    nextContinuationToken: z.nullable(z.string()),
  }))();

/** Asks for one page of a listing: what ali-oss made of the answer. */
export type FetchPage = (continuationToken: string | undefined) => Promise<unknown>;

/** Decodes a name of a listing with `encoding-type=url`, which encodes as forms do; `undefined` if it is no UTF-8. */
function decodeName(name: string): string | undefined {
  try {
    return decodeURIComponent(name.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

/** Objects of all pages, each page fetched when its first object is asked for. */
export async function* listObjects(
  prefix: KeyPrefix,
  fetchPage: FetchPage,
  onInvalidKey: ListOptions["onInvalidKey"],
): AsyncGenerator<ListedObject, void> {
  let token: string | undefined;
  do {
    const page = pageSchema.safeParse(await fetchPage(token));
    if (!page.success) throw new MeteringError("storage-failure", "The answer to a listing is not one of OSS.");
    const { objects, isTruncated, nextContinuationToken } = page.data;
    for (const { name, size, etag, lastModified } of objects) {
      const decoded = decodeName(name);
      if (decoded === undefined) onInvalidKey?.(name);
      const key = decoded === undefined ? undefined : prefix.toKey(decoded, onInvalidKey);
      if (key !== undefined) yield { key, size, etag, lastModified: new Date(lastModified) };
    }
    const next = isTruncated ? nextContinuationToken : undefined;
    if (next === null || (next !== undefined && next === token)) {
      throw new MeteringError("storage-failure", "The listing says that it goes on, but not where.");
    }
    token = next;
  } while (token !== undefined);
}
