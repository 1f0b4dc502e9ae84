import { MeteringError, type CallOptions, type ListOptions, type ObjectInfo, type ObjectStorage } from "@metering/core";
import { bodyOf, type Objects } from "./objects.ts";

export type Verb = "put" | "get" | "head" | "delete" | "list";

/** A call to a store, under way. Somebody else decides when it takes effect and when its caller is answered. */
export interface Call {
  readonly verb: Verb;
  readonly key: string;
  /** What it did or found, in a word; `undefined` until it has taken effect. */
  readonly outcome: string | undefined;
  /** Whether its caller waits no more. */
  readonly answered: boolean;
  readonly takeEffect: () => void;
  /** Gives the caller what the call found or did. */
  readonly answer: () => void;
  /** Gives the caller an error instead, whatever the call did. */
  readonly fail: (error: MeteringError) => void;
}

interface Effect<Result> {
  readonly outcome: string;
  readonly result: Result | MeteringError;
}

export interface CallStorageOptions {
  /** How many keys a request lists. */
  readonly keysPerRequest?: number | undefined;
  /** Whether objects may be removed. */
  readonly mayDelete?: boolean | undefined;
}

export const storageName = "schedule://";

/** A storage over the objects whose every call is handed to `receive` when it is made. */
export function createCallStorage(
  objects: Objects,
  receive: (call: Call) => void,
  { keysPerRequest = 1000, mayDelete = true }: CallStorageOptions = {},
): ObjectStorage {
  const refuse = (code: "already-exists" | "not-found" | "permission-denied" | "too-large", key: string) =>
    new MeteringError(code, `${key}: ${code}`, { key, storage: storageName });

  const send = <Result>(verb: Verb, key: string, options: CallOptions | undefined, effect: () => Effect<Result>) =>
    new Promise<Result>((resolve, reject) => {
      const signal = options?.signal;
      signal?.throwIfAborted();
      let done: Effect<Result> | undefined;
      let answered = false;
      const end = (): void => {
        answered = true;
        signal?.removeEventListener("abort", abort);
      };
      const abort = (): void => {
        end();
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", abort);
      receive({
        verb,
        key,
        get outcome() {
          return done?.outcome;
        },
        get answered() {
          return answered;
        },
        takeEffect: () => {
          done = effect();
        },
        answer() {
          end();
          if (done === undefined) throw new Error("answered before it took effect");
          if (done.result instanceof MeteringError) reject(done.result);
          else resolve(done.result);
        },
        fail(error) {
          end();
          reject(error);
        },
      });
    });

  const infoOf = (key: string): ObjectInfo | undefined => {
    const body = objects.get(key);
    // A coarse clock: only etags tell versions apart, and those are of the content, as on S3.
    return body && { key, size: body.bytes.length, etag: `${body.id}`, lastModified: storedAt };
  };

  return {
    name: storageName,
    id: storageName,
    put: (key, bytes, options) =>
      send("put", key, options, () => {
        if (options?.ifAbsent === true && objects.get(key) !== undefined) {
          return { outcome: "exists", result: refuse("already-exists", key) };
        }
        const body = bodyOf(bytes);
        objects.put(key, body);
        return { outcome: "stored", result: { etag: `${body.id}` } };
      }),
    get: (key, options) =>
      send("get", key, options, () => {
        const body = objects.get(key);
        if (body === undefined) return { outcome: "not there", result: refuse("not-found", key) };
        if (body.bytes.length > (options?.maxBytes ?? Infinity)) {
          return { outcome: "too large", result: refuse("too-large", key) };
        }
        return { outcome: `body ${body.id}`, result: new Uint8Array(body.bytes) };
      }),
    head: (key, options) =>
      send("head", key, options, () => {
        const info = infoOf(key);
        return { outcome: info === undefined ? "not there" : `body ${info.etag}`, result: info };
      }),
    delete: (key, options) =>
      send("delete", key, options, () => {
        if (!mayDelete) return { outcome: "denied", result: refuse("permission-denied", key) };
        objects.delete(key);
        return { outcome: "removed", result: undefined };
      }),
    async *list(prefix: string, options: ListOptions = {}) {
      let startAfter = options.startAfter ?? "";
      for (;;) {
        const found = await send("list", prefix, options, () => {
          const keys = objects.keys(prefix, startAfter).slice(0, keysPerRequest);
          const result = keys.flatMap((key) => infoOf(key) ?? []);
          return { outcome: `found ${result.map(({ key, etag }) => `${partOf(key)}=${etag}`).join(" ")}`, result };
        });
        yield* found;
        const last = found.at(-1);
        if (last === undefined || found.length < keysPerRequest) return;
        startAfter = last.key;
      }
    },
    close: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

const storedAt = new Date();

/** A storage over the objects that answers at once. */
export function createDirectStorage(objects: Objects): ObjectStorage {
  return createCallStorage(objects, (call) => {
    call.takeEffect();
    call.answer();
  });
}

/** The end of a key: enough to tell a record's pages apart. */
export function partOf(key: string): string {
  if (!key.endsWith(".json.gz")) return "";
  return key.slice(key.lastIndexOf("-") + 1).replace(".json.gz", "");
}
