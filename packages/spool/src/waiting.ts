import { parseMetadataKey, parseMeteringKey, type ObjectStorage, type RecordId } from "@metering/core";
import { listFolder } from "./list-folder.ts";

/** Something that waits to be shipped: a complete record, or one version of metadata. */
export type Waiting =
  | { readonly kind: "record"; readonly id: RecordId; readonly keys: readonly string[]; readonly bytes: number }
  | { readonly kind: "metadata"; readonly keys: readonly [string]; readonly bytes: number };

/**
 * What waits in the folder, in the order of the keys, and so by minute. Pages without part 0 are those of a write that is
 * under way or was interrupted: they are not yielded.
 */
export async function* listWaiting(
  folder: ObjectStorage,
  { signal, keysOnly }: { readonly signal?: AbortSignal | undefined; readonly keysOnly: boolean },
): AsyncGenerator<Waiting, void, undefined> {
  let id: RecordId | undefined;
  let keys: string[] = [];
  let bytes = 0;
  let hasFirst = false;
  const finish = (): Waiting | undefined =>
    id !== undefined && hasFirst ? { kind: "record", id, keys, bytes } : undefined;

  for await (const { key, size = 0 } of listFolder(folder, "metering/", { keysOnly, signal })) {
    const page = parseMeteringKey(key);
    if (page !== undefined && id !== undefined && isSame(page, id)) {
      keys.push(key);
      bytes += size;
      hasFirst ||= page.part === 0;
      continue;
    }
    const record = finish();
    if (record !== undefined) yield record;
    id = undefined;
    if (page !== undefined) {
      const { timestamp, category, selfId, sharedPoolId } = page;
      id = { timestamp, category, selfId, sharedPoolId };
      keys = [key];
      bytes = size;
      hasFirst = page.part === 0;
    } else if (parseMetadataKey(key) !== undefined) yield { kind: "metadata", keys: [key], bytes: size };
  }
  const record = finish();
  if (record !== undefined) yield record;
}

function isSame(a: RecordId, b: RecordId): boolean {
  return (
    a.timestamp === b.timestamp &&
    a.category === b.category &&
    a.selfId === b.selfId &&
    a.sharedPoolId === b.sharedPoolId
  );
}
