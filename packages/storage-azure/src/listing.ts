import type { ContainerListBlobFlatSegmentResponse } from "@azure/storage-blob";
import { compareKeys, MeteringError } from "@metering/core";
import type { ListingPage } from "@metering/storage-kit";

/** Reads an answer to a listing. Anything else, such as a web page, is refused. */
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
  const problem = "The answer to a listing is not one of Azure Blob Storage.";
  return new MeteringError("storage-failure", `${problem} Check endpoint and proxies.`);
}

/** In listings Azure leaves out the quotes that every other answer has. */
function quoted(etag: string | undefined): string | undefined {
  return etag === undefined || etag.startsWith('"') ? etag : `"${etag}"`;
}

/** Enough for 100,000 names. More have to be held only where so many have characters beyond U+FFFF. */
const maxJoinedPages = 100;

/**
 * A page in the order of UTF-8. Azure lists by UTF-16 units, in which characters beyond U+FFFF come before those from
 * U+E000 on. A page that ends among such names is joined with the next ones, and sorted.
 */
export async function orderedPage(
  fetchPage: (token: string | undefined) => Promise<ListingPage>,
  namePrefix: string,
  token: string | undefined,
): Promise<ListingPage> {
  let { objects, next } = await fetchPage(token);
  for (let pages = 1; next !== undefined && endsAmongSurrogates(objects, namePrefix); pages++) {
    if (pages === maxJoinedPages) {
      const problem = `More than ${maxJoinedPages * 1000} names begin with characters beyond U+FFFF, which Azure lists out of order.`;
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

/** Whether a name that comes later may belong before one that is here. */
function endsAmongSurrogates(objects: ListingPage["objects"], namePrefix: string): boolean {
  const last = objects.at(-1)?.name ?? "";
  return objects.some(({ name }) => {
    const offset = name.slice(namePrefix.length).search(surrogate);
    const at = namePrefix.length + offset;
    return offset >= 0 && last.startsWith(name.slice(0, at)) && (last[at] ?? "") >= "\ud800";
  });
}

/**
 * Where a listing has to start to give all names after `startAfter`: before its first character that comes elsewhere in
 * the order of UTF-16, or in the order of accounts with a hierarchical namespace, where `/` comes before `-`.
 */
export function startFrom(namePrefix: string, startAfter: string | undefined): string | undefined {
  if (startAfter?.startsWith(namePrefix) !== true) return undefined;
  const [start = ""] = /^[/-\ud7ff]*/.exec(startAfter.slice(namePrefix.length)) ?? [];
  return start === "" ? undefined : namePrefix + start;
}
