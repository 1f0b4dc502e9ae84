import { gzipSync } from "node:zlib";
import { buildMeteringKey, encodeRecord, stringifyJson, type ObjectStorage, type RecordId } from "@metering/core";
import type { RecordState } from "../src/component-state.ts";

/** How a record can lie in a bucket. */
interface Shape {
  /** Elements of the record; each gets a page of its own. */
  readonly elements: number;
  /** Parts that are not stored. */
  readonly lost?: readonly number[];
  /** Parts that part 0 does not name, left by an interrupted write. */
  readonly leftovers?: readonly number[];
  /** Written by the Go SDK: part 0 names no pages. */
  readonly go?: boolean;
  /** Its state once part 0 is read, and as far as the listing tells. */
  readonly state: RecordState;
  readonly listed: RecordState;
}

export const shapes = {
  single: { elements: 1, state: "present", listed: "present" },
  paged: { elements: 3, state: "present", listed: "present" },
  "single with a leftover": { elements: 1, leftovers: [4], state: "present", listed: "present" },
  "paged with leftovers": { elements: 2, leftovers: [2, 3], state: "present", listed: "present" },
  empty: { elements: 0, state: "empty", listed: "present" },
  "empty with a leftover": { elements: 0, leftovers: [1], state: "empty", listed: "empty" },
  "no part 0": { elements: 2, lost: [0], state: "incomplete", listed: "incomplete" },
  "first page lost": { elements: 3, lost: [1], state: "incomplete", listed: "incomplete" },
  "last page lost": { elements: 3, lost: [2], state: "incomplete", listed: "incomplete" },
  "page lost, a leftover in its place": {
    elements: 3,
    lost: [2],
    leftovers: [3],
    state: "incomplete",
    listed: "incomplete",
  },
  "all pages but part 0 lost": { elements: 3, lost: [1, 2], state: "incomplete", listed: "present" },
  "go, single": { elements: 1, go: true, state: "unknown", listed: "present" },
  "go, empty": { elements: 0, go: true, state: "unknown", listed: "present" },
  "go, paged": { elements: 3, go: true, state: "unknown", listed: "unknown" },
  "go, page lost": { elements: 3, go: true, lost: [1], state: "incomplete", listed: "incomplete" },
} as const satisfies Readonly<Record<string, Shape>>;

export type ShapeName = keyof typeof shapes;

const element = { cluster_id: "c-1", requests: { value: 1, unit: "requests" } };

/** Stores a record in a shape. Returns how many files it has, and whether part 0 is one of them. */
export async function store(
  storage: ObjectStorage,
  id: RecordId,
  name: ShapeName,
): Promise<{ readonly files: number; readonly hasFirst: boolean }> {
  const { elements, lost = [], leftovers = [], go = false }: Shape = shapes[name];
  const files = new Map<number, Uint8Array>();
  if (go) {
    for (let part = 0; part < Math.max(elements, 1); part++) files.set(part, goFile(id, part, elements));
  } else {
    const record = { ...id, data: Array.from({ length: elements }, () => element) };
    for await (const { part, compress } of encodeRecord(record, { pageSizeBytes: 1 })) {
      files.set(part, await compress());
    }
  }
  for (const part of lost) files.delete(part);
  for (const part of leftovers) files.set(part, goFile(id, part, 1));
  for (const [part, file] of files) await storage.put(buildMeteringKey({ ...id, part }), file);
  return { files: files.size, hasFirst: files.has(0) };
}

function goFile({ timestamp, category, selfId, sharedPoolId }: RecordId, part: number, elements: number): Uint8Array {
  const pool = sharedPoolId === undefined ? {} : { shared_pool_id: sharedPoolId };
  const data = elements === 0 ? [] : [element];
  return gzipSync(stringifyJson({ timestamp, category, self_id: selfId, ...pool, part, data }));
}
