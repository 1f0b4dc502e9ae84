import { compareKeys, MeteringError, type ListedObject, type ListOptions } from "@metering/core";
import type { KeyPrefix } from "./key-prefix.ts";

/** One object as a store lists it, under its stored name. */
export interface ListedName extends Omit<ListedObject, "key"> {
  /** Or, where it is no UTF-8, as the store encodes it: that is no key. */
  readonly name: string;
  readonly undecodable?: boolean | undefined;
}

/** One page of a listing. */
export interface ListingPage {
  readonly objects: readonly ListedName[];
  /** Where the next page begins, or `undefined` at the end. `""` where the store says that it goes on but not where. */
  readonly next: string | undefined;
}

/** What {@link listPages} needs. */
export interface ListPagesOptions {
  readonly prefix: KeyPrefix;
  /** Name of the storage, for errors. */
  readonly storage: string;
  readonly onInvalidKey: ListOptions["onInvalidKey"];
  /** Asks for one page. */
  readonly fetchPage: (token: string | undefined) => Promise<ListingPage>;
}

/** A store may give pages without objects now and then, but a listing has to come to an end. */
const maxEmptyPages = 1000;

/** Decodes a name of a listing with `encoding-type=url`, which encodes as forms do. */
export function decodeListedName(name: string): Pick<ListedName, "name" | "undecodable"> {
  try {
    return { name: decodeURIComponent(name.replaceAll("+", " ")) };
  } catch {
    return { name, undecodable: true };
  }
}

/**
 * The objects of all pages, each page fetched when its first object is asked for. A listing out of order, or one that
 * never ends, is an error and not a wrong result.
 */
export async function* listPages(options: ListPagesOptions): AsyncGenerator<ListedObject, void> {
  const { prefix, storage, onInvalidKey, fetchPage } = options;
  let previous: string | undefined;
  let token: string | undefined;
  let emptyPages = 0;
  do {
    const page = await fetchPage(token);
    for (const { name, undecodable = false, ...known } of page.objects) {
      if (undecodable) onInvalidKey?.(name);
      const key = undecodable ? undefined : prefix.toKey(name, onInvalidKey);
      if (key === undefined) continue;
      if (previous !== undefined && compareKeys(key, previous) <= 0) {
        const problem = "lists objects out of order. Use a store that lists by the bytes of the names";
        throw new MeteringError("not-supported", `${storage} ${problem} (directory buckets do not).`, { key, storage });
      }
      previous = key;
      yield { key, ...known };
    }
    emptyPages = page.objects.length === 0 ? emptyPages + 1 : 0;
    if (page.next !== undefined && (page.next === "" || page.next === token || emptyPages > maxEmptyPages)) {
      const problem = "says that its listing goes on, but it does not. Report it to whoever runs the store.";
      throw new MeteringError("storage-failure", `${storage} ${problem}`, { storage });
    }
    token = page.next;
  } while (token !== undefined);
}
