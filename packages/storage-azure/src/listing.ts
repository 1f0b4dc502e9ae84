import type { ContainerListBlobFlatSegmentResponse } from "@azure/storage-blob";
import { compareKeys, MeteringError } from "@metering/core";
import type { ListingPage } from "@metering/storage-kit";

/** Reads a page of a listing. Throws `storage-failure` for anything else, such as a web page. */
export function readPage(answer: Partial<ContainerListBlobFlatSegmentResponse>): ListingPage {
  const { containerName, segment, continuationToken } = answer;
  const blobs = containerName === undefined ? undefined : segment?.blobItems;
  const objects = blobs?.map(({ name, properties: { contentLength: size, lastModified, etag } }) => {
    if (size === undefined || lastModified === undefined) throw notAListing();
    return { name, size, lastModified, etag: quoted(etag) };
  });
  if (objects === undefined) throw notAListing();
  return { objects, next: continuationToken === "" ? undefined : continuationToken };
}

function notAListing(): MeteringError {
  const problem = "The response to a listing does not come from Azure Blob Storage.";
  return new MeteringError("storage-failure", `${problem} Check endpoint and proxies.`);
}

/** Adds the quotes that Azure leaves out in listings only. */
function quoted(etag: string | undefined): string | undefined {
  return etag === undefined || etag.startsWith('"') ? etag : `"${etag}"`;
}

/** Limits how many names are held in memory, to 100,000. */
const maxJoinedPages = 100;

/**
 * Gets a page in the byte order of UTF-8. Azure sorts by UTF-16 units, which puts characters beyond U+FFFF before those
 * from U+E000 on. A page that ends among such names is joined with the next pages and sorted.
 */
export async function orderedPage(
  fetchPage: (token: string | undefined) => Promise<ListingPage>,
  namePrefix: string,
  token: string | undefined,
): Promise<ListingPage> {
  let { objects, next } = await fetchPage(token);
  for (let pages = 1; next !== undefined && endsAmongSurrogates(objects, namePrefix); pages++) {
    if (pages === maxJoinedPages) {
      const problem = `More than ${maxJoinedPages * 1000} consecutive names have characters beyond U+FFFF, which Azure lists in another order.`;
      throw new MeteringError("not-supported", `${problem} Use other names, or list with a longer prefix.`);
    }
    const page = await fetchPage(next);
    objects = [...objects, ...page.objects];
    next = page.next;
  }
  if (!objects.some(({ name }) => surrogate.test(name))) return { objects, next };
  return { objects: objects.toSorted((a, b) => compareKeys(a.name, b.name)), next };
}

const surrogate = /[\ud800-\udfff]/;

/** Whether a later name may have to come before one of these. */
function endsAmongSurrogates(objects: ListingPage["objects"], namePrefix: string): boolean {
  const last = objects.at(-1)?.name ?? "";
  return objects.some(({ name }) => {
    const offset = name.slice(namePrefix.length).search(surrogate);
    const at = namePrefix.length + offset;
    return offset >= 0 && last.startsWith(name.slice(0, at)) && (last[at] ?? "") >= "\ud800";
  });
}

/**
 * Where Azure must start so that no name after `startAfter` is lost: at the part of it that sorts the same in UTF-8, in
 * UTF-16, and in accounts with a hierarchical namespace, where `/` comes before `-`. `undefined` means at the prefix.
 */
export function startFrom(namePrefix: string, startAfter: string | undefined): string | undefined {
  if (startAfter?.startsWith(namePrefix) !== true) return undefined;
  const [start = ""] = /^[/-\ud7ff]*/.exec(startAfter.slice(namePrefix.length)) ?? [];
  return start === "" ? undefined : namePrefix + start;
}
