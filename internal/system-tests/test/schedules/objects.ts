import { compareKeys } from "@metering/core";

/** A stored body. Equal bodies are one and the same object, so that states can be compared. */
export interface Body {
  readonly id: number;
  readonly bytes: Uint8Array;
}

const bodies = new Map<string, Body>();

export function bodyOf(bytes: Uint8Array): Body {
  const text = Buffer.from(bytes).toString("latin1");
  let body = bodies.get(text);
  if (body === undefined) bodies.set(text, (body = { id: bodies.size, bytes: new Uint8Array(bytes) }));
  return body;
}

/** The objects that a store holds at one moment. */
export interface Objects {
  readonly get: (key: string) => Body | undefined;
  readonly put: (key: string, body: Body) => void;
  readonly delete: (key: string) => void;
  /** Keys in the order of a listing. */
  readonly keys: (prefix: string, startAfter: string) => readonly string[];
  /** Equal for equal objects. */
  readonly state: () => string;
  readonly copy: () => Objects;
}

export function createObjects(entries: Iterable<readonly [string, Body]> = []): Objects {
  const objects = new Map(entries);
  return {
    get: (key) => objects.get(key),
    put: (key, body) => void objects.set(key, body),
    delete: (key) => void objects.delete(key),
    keys: (prefix, startAfter) =>
      [...objects.keys()].filter((key) => key.startsWith(prefix) && compareKeys(key, startAfter) > 0).sort(compareKeys),
    state: () =>
      [...objects]
        .map(([key, { id }]) => `${key}=${id}`)
        .sort()
        .join(),
    copy: () => createObjects(objects),
  };
}
