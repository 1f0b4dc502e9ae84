import { parseMeteringKey, type JsonObject, type ObjectStorage } from "@metering/core";

/** A new and empty place that both SDKs open. */
export interface Place {
  readonly ours: ObjectStorage;
  /** The Go SDK's configuration of it. */
  readonly go: JsonObject;
}

export type CreatePlace = (prefix?: string) => Promise<Place>;

/** The pool of Go's records that name none. */
export const pool = "default-shared-pool";

/** Paths of the pages of each record, in the order of their parts, which Go sorts as text. */
export function filesBySelfId(paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, { readonly part: number; readonly path: string }[]>();
  for (const path of paths) {
    const { selfId = "", part = 0 } = parseMeteringKey(path) ?? {};
    const files = groups.get(selfId) ?? [];
    files.push({ part, path });
    groups.set(selfId, files);
  }
  const inOrder = [...groups].map(
    ([selfId, files]) => [selfId, files.sort((a, b) => a.part - b.part).map(({ path }) => path)] as const,
  );
  return new Map(inOrder);
}

/** Runs many tasks, a bounded number of them at once. */
export async function inTurns(tasks: readonly (() => Promise<unknown>)[]): Promise<void> {
  const left = tasks.values();
  const worker = async () => {
    for (const task of left) await task();
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}
