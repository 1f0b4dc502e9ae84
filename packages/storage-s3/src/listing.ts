import type { ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import { compareKeys, type ListedObject, type ListOptions, MeteringError } from "@metering/core";
import type { KeyPrefix } from "@metering/storage-kit";

/** What is used of an answer to ListObjectsV2. */
export type ListingPage = Pick<
  ListObjectsV2CommandOutput,
  "Contents" | "EncodingType" | "IsTruncated" | "NextContinuationToken"
>;

/** Asks for one page of a listing. */
export type FetchPage = (continuationToken: string | undefined) => Promise<ListingPage>;

/** Decodes a name of a listing with `encoding-type=url`, which encodes as forms do; `undefined` if it is no UTF-8. */
function decodeName(name: string): string | undefined {
  try {
    return decodeURIComponent(name.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

/** Objects of all pages, each page fetched when its first object is asked for. `storage` is a name for errors. */
export async function* listObjects(
  fetchPage: FetchPage,
  prefix: KeyPrefix,
  storage: string,
  onInvalidKey: ListOptions["onInvalidKey"],
): AsyncGenerator<ListedObject, void> {
  let previous = "";
  let token: string | undefined;
  do {
    const page = await fetchPage(token);
    for (const { Key: name = "", Size: size, ETag: etag, LastModified: lastModified } of page.Contents ?? []) {
      const decoded = page.EncodingType === "url" ? decodeName(name) : name;
      if (decoded === undefined) onInvalidKey?.(name);
      const key = decoded === undefined ? undefined : prefix.toKey(decoded, onInvalidKey);
      if (key === undefined || size === undefined || lastModified === undefined) continue;
      if (compareKeys(key, previous) <= 0) {
        const problem = "lists objects out of order, as directory buckets do. Use a general purpose bucket.";
        throw new MeteringError("not-supported", `${storage} ${problem}`, { key, storage });
      }
      previous = key;
      yield { key, size, etag, lastModified };
    }
    const next = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    if (page.IsTruncated === true && (next === undefined || next === token)) {
      const problem = "says that its listing goes on, but not where. Report it to whoever runs the store.";
      throw new MeteringError("storage-failure", `${storage} ${problem}`, { storage });
    }
    token = next;
  } while (token !== undefined);
}
