import { gunzipSync } from "node:zlib";
import {
  isMeteringError,
  MeteringError,
  type GetOptions,
  type ListedObject,
  type ListOptions,
  type MeteringErrorCode,
  type PutOptions,
} from "@metering/core";
import { abortable } from "@metering/storage-kit";
import { MemoryStorage, Objects, pageSize } from "./memory-storage.ts";

/** A store that breaks one promise, and the test whose name must say so. */
export interface BrokenStore {
  readonly what: string;
  readonly Storage: new (objects: Objects, prefix?: string) => MemoryStorage;
  readonly revealedBy: string;
}

const nextTick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const object = (body: Uint8Array) => ({ body, lastModified: new Date() });

export const secret = "AKIA-CANARY";

export const brokenStores: readonly BrokenStore[] = [
  {
    what: "writes in two steps",
    revealedBy: "a reader never sees a mixture or a part",
    Storage: class extends MemoryStorage {
      override async put(key: string, body: Uint8Array, options: PutOptions = {}) {
        await super.put(key, body.subarray(0, body.byteLength / 2), options);
        await nextTick();
        return super.put(key, body, { signal: options.signal });
      }
    },
  },
  {
    what: "looks first and writes then",
    revealedBy: "exactly one of 8 concurrent writers wins",
    Storage: class extends MemoryStorage {
      override async put(key: string, body: Uint8Array, options: PutOptions = {}) {
        if (options.ifAbsent === true && (await this.head(key, options))) this.fail("already-exists", key);
        return super.put(key, body, { signal: options.signal });
      }
    },
  },
  {
    what: "ignores ifAbsent",
    revealedBy: "leaves what is there as it was",
    Storage: class extends MemoryStorage {
      override put(key: string, body: Uint8Array, options: PutOptions = {}) {
        return super.put(key, body, { signal: options.signal });
      }
    },
  },
  {
    what: "keeps the caller's own buffer",
    revealedBy: "does not see it change after the call",
    Storage: class extends MemoryStorage {
      override async put(key: string, body: Uint8Array, options: PutOptions = {}) {
        await super.put(key, body, options);
        this.objects.set(this.prefix.toName(key), object(body));
        return {};
      }
    },
  },
  {
    what: "hands out its own buffer",
    revealedBy: "returns bytes that are the caller's own",
    Storage: class extends MemoryStorage {
      override async get(key: string, options: GetOptions = {}) {
        await super.get(key, options);
        return this.objects.get(this.prefix.toName(key))?.body ?? this.fail("not-found", key);
      }
    },
  },
  {
    what: "reads text instead of bytes",
    revealedBy: "keeps every byte value",
    Storage: class extends MemoryStorage {
      override async get(key: string, options: GetOptions = {}) {
        return new TextEncoder().encode(new TextDecoder().decode(await super.get(key, options)));
      }
    },
  },
  {
    what: "ignores maxBytes",
    revealedBy: "rejects with too-large where the object has more than maxBytes",
    Storage: class extends MemoryStorage {
      override get(key: string, { signal }: GetOptions = {}) {
        return super.get(key, { signal });
      }
    },
  },
  {
    what: "gives an error of its own where nothing is there",
    revealedBy: "rejects with not-found",
    Storage: class extends MemoryStorage {
      override async get(key: string, options: GetOptions = {}) {
        if ((await this.head(key, options)) === undefined) throw new Error("NoSuchKey");
        return super.get(key, options);
      }
    },
  },
  {
    what: "refuses to delete what is not there",
    revealedBy: "succeeds where there is no object, and a second time",
    Storage: class extends MemoryStorage {
      override async delete(key: string, options = {}) {
        if ((await this.head(key, options)) === undefined) this.fail("not-found", key);
        return super.delete(key, options);
      }
    },
  },
  {
    what: "deletes all that starts with the key",
    revealedBy: "removes that object only",
    Storage: class extends MemoryStorage {
      override async delete(key: string, options = {}) {
        await super.delete(key, options);
        for (const name of this.objects.keys()) {
          if (name.startsWith(this.prefix.toName(key))) this.objects.delete(name);
        }
      }
    },
  },
  {
    what: "sorts as JavaScript does",
    revealedBy: "orders by bytes of UTF-8, not by UTF-16 units",
    Storage: class extends MemoryStorage {
      protected override page(namePrefix: string, after: string | undefined) {
        return [...this.objects.keys()]
          .filter((name) => name.startsWith(namePrefix) && (after === undefined || name > after))
          .sort()
          .slice(0, pageSize);
      }
    },
  },
  {
    what: "takes the prefix for a folder",
    revealedBy: "takes the prefix as plain text and not as a folder",
    Storage: class extends MemoryStorage {
      protected override page(namePrefix: string, after: string | undefined) {
        const folder = namePrefix === "" || namePrefix.endsWith("/") ? namePrefix : `${namePrefix}/`;
        return super.page(folder, after);
      }
    },
  },
  {
    what: "gives the first page only",
    revealedBy: "objects once, in order",
    Storage: class extends MemoryStorage {
      override async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListedObject, void> {
        let count = 0;
        for await (const info of super.list(prefix, options)) {
          if (count++ === pageSize) return;
          yield info;
        }
      }
    },
  },
  {
    what: "starts with startAfter and not after it",
    revealedBy: "leaves out the key itself and all before it",
    Storage: class extends MemoryStorage {
      override async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListedObject, void> {
        const { startAfter, signal } = options;
        const first = startAfter === undefined ? undefined : await this.head(startAfter, { signal });
        if (first?.key.startsWith(prefix) === true) yield first;
        yield* super.list(prefix, options);
      }
    },
  },
  {
    what: "forgets where to start when only keys are wanted",
    revealedBy: "list with startAfter",
    Storage: class extends MemoryStorage {
      override list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListedObject, void> {
        return super.list(prefix, options.keysOnly === true ? { ...options, startAfter: undefined } : options);
      }
    },
  },
  {
    what: "hides what it cannot give back as a key",
    revealedBy: "tells onInvalidKey of every name",
    Storage: class extends MemoryStorage {
      override list(prefix: string, { startAfter, signal }: ListOptions = {}): AsyncGenerator<ListedObject, void> {
        return super.list(prefix, { startAfter, signal });
      }
    },
  },
  {
    what: "lists no sizes",
    revealedBy: "yields key, size and time of each object",
    Storage: class extends MemoryStorage {
      override async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListedObject, void> {
        for await (const { key } of super.list(prefix, options)) yield { key };
      }
    },
  },
  {
    what: "has an id of its own for each handle",
    revealedBy: "id is the same for every handle on one place",
    Storage: class extends MemoryStorage {
      override readonly id = crypto.randomUUID();
    },
  },
  {
    what: "has the same id whatever its prefix",
    revealedBy: "id is the same for every handle on one place",
    Storage: class extends MemoryStorage {
      override readonly id = this.objects.id;
    },
  },
  {
    what: "takes a prefix that begins with a slash",
    revealedBy: 'refuses a prefix that begins with "/"',
    Storage: class extends MemoryStorage {
      constructor(objects: Objects, prefix?: string) {
        super(objects, prefix?.replace(/^\/+/, ""));
      }
    },
  },
  {
    what: "lists when it is called",
    revealedBy: "asks the store nothing before the first next",
    Storage: class extends MemoryStorage {
      override list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListedObject, void> {
        const now = new MemoryStorage(new Objects(this.objects), this.prefix.value);
        return now.list(prefix, options);
      }
    },
  },
  {
    what: "lists all before it yields the first",
    revealedBy: "asks for a page only when the consumer gets there",
    Storage: class extends MemoryStorage {
      override async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListedObject, void> {
        const all: ListedObject[] = [];
        for await (const info of super.list(prefix, options)) all.push(info);
        yield* all;
      }
    },
  },
  {
    what: "decodes keys as URLs",
    revealedBy: "differ only in how the same text is encoded",
    Storage: class extends MemoryStorage {
      protected override begin(key: string, signal: AbortSignal | undefined) {
        return super.begin(key.replaceAll("%20", " "), signal);
      }
    },
  },
  {
    what: "lets keys climb out of the prefix",
    revealedBy: "every verb refuses a key that is no valid key (dot dot segment)",
    Storage: class extends MemoryStorage {
      protected override async begin(key: string, signal: AbortSignal | undefined) {
        await this.settle(signal);
        return this.prefix.value + key;
      }
    },
  },
  {
    what: "yields names with the prefix",
    revealedBy: "keys go in and come out relative to the prefix",
    Storage: class extends MemoryStorage {
      override async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListedObject, void> {
        for await (const info of super.list(prefix, options)) yield { ...info, key: this.prefix.value + info.key };
      }
    },
  },
  {
    what: "rejects with an abort error of its own",
    revealedBy: "get rejects with the signal's reason where it was aborted before",
    Storage: class extends MemoryStorage {
      protected override async settle(signal: AbortSignal | undefined) {
        if (signal?.aborted === true) throw new DOMException("Request aborted", "AbortError");
        await super.settle(undefined);
      }
    },
  },
  {
    what: "ignores an abort while it waits for an answer",
    revealedBy: "that gets no answer is ended by an abort",
    Storage: class extends MemoryStorage {
      protected override async settle(signal: AbortSignal | undefined) {
        await super.settle(this.objects.state === "stalled" ? undefined : signal);
      }
    },
  },
  {
    what: "lets the client's own errors through",
    revealedBy: "of a store that cannot be reached rejects with a retryable MeteringError",
    Storage: class extends MemoryStorage {
      protected override unreachable() {
        return new Error("connect ECONNREFUSED");
      }
    },
  },
  {
    what: "hangs the request on the cause of its errors",
    revealedBy: "of a store that cannot be reached rejects with a retryable MeteringError without secrets",
    Storage: class extends MemoryStorage {
      protected override unreachable() {
        const cause = Object.assign(new Error("refused"), { request: { authorization: secret } });
        return new MeteringError("unavailable", "The store cannot be reached.", { storage: this.name, cause });
      }
    },
  },
  {
    what: "tells a time in seconds as if it were milliseconds",
    revealedBy: "knows key, size and time of the object",
    Storage: class extends MemoryStorage {
      override async head(key: string, options = {}) {
        const info = await super.head(key, options);
        return info && { ...info, lastModified: new Date(info.lastModified.getTime() / 1000) };
      }
    },
  },
  {
    what: "loses the first key of each page but the first",
    revealedBy: "objects once, in order",
    Storage: class extends MemoryStorage {
      protected override page(namePrefix: string, after: string | undefined) {
        const page = super.page(namePrefix, after);
        return after?.startsWith(namePrefix) === true && page.length > 1 ? page.slice(1) : page;
      }
    },
  },
  {
    what: "works on after close",
    revealedBy: "after close every call rejects with closed",
    Storage: class extends MemoryStorage {
      override close() {
        return Promise.resolve();
      }
    },
  },
  {
    what: "prints its access key",
    revealedBy: "no credentials show in it",
    Storage: class extends MemoryStorage {
      override readonly name = `memory://${secret}@host`;
    },
  },
  {
    what: "ends a listing in silence when it is closed",
    revealedBy: "under way with closed, or after its last object",
    Storage: class extends MemoryStorage {
      override async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListedObject, void> {
        let begun = false;
        try {
          for await (const info of super.list(prefix, options)) {
            begun = true;
            yield info;
          }
        } catch (error) {
          if (!begun || !isMeteringError(error, "closed")) throw error;
        }
      }
    },
  },
  {
    what: "cuts calls under way off when it is closed",
    revealedBy: "lets calls under way end",
    Storage: class extends MemoryStorage {
      #cut = false;
      override close() {
        this.#cut = true;
        return super.close();
      }
      protected override async settle(signal: AbortSignal | undefined) {
        await super.settle(signal);
        if (this.#cut) throw new Error("socket hang up");
      }
    },
  },
  {
    what: "keeps what it has read",
    revealedBy: "what one handle replaces or removes, another sees at once",
    Storage: class extends MemoryStorage {
      readonly #kept = new Map<string, Uint8Array>();
      override async get(key: string, options: GetOptions = {}) {
        await this.begin(key, options.signal);
        const body = this.#kept.get(key) ?? (await super.get(key, options));
        this.#kept.set(key, body.slice());
        return body;
      }
      override put(key: string, body: Uint8Array, options: PutOptions = {}) {
        this.#kept.delete(key);
        return super.put(key, body, options);
      }
    },
  },
  {
    what: "takes a limit that is undefined for none at all",
    revealedBy: "options that are undefined are as if left out",
    Storage: class extends MemoryStorage {
      override get(key: string, options: GetOptions = {}) {
        return super.get(key, { ...options, maxBytes: "maxBytes" in options ? (options.maxBytes ?? 0) : Infinity });
      }
    },
  },
  {
    what: "takes the prefix for a pattern",
    revealedBy: "every verb takes characters that shells and patterns treat specially",
    Storage: class extends MemoryStorage {
      protected override page(namePrefix: string, after: string | undefined) {
        const star = namePrefix.indexOf("*");
        return super.page(star < 0 ? namePrefix : namePrefix.slice(0, star), after);
      }
    },
  },
  {
    what: "does not tell letters in upper and lower case apart",
    revealedBy: "every verb takes letters in upper and lower case",
    Storage: class extends MemoryStorage {
      protected override async begin(key: string, signal: AbortSignal | undefined) {
        return (await super.begin(key, signal)).toLowerCase();
      }
    },
  },
  {
    what: "unpacks what is compressed",
    revealedBy: "keeps bodies as they are that look like something else",
    Storage: class extends MemoryStorage {
      override async get(key: string, options: GetOptions = {}) {
        const body = await super.get(key, options);
        return key.endsWith(".gz") && body[0] === 0x1f ? Uint8Array.from(gunzipSync(body)) : body;
      }
    },
  },
  {
    what: "takes an empty object for none",
    revealedBy: "rejects with already-exists also where the same bytes are there, or an empty object",
    Storage: class extends MemoryStorage {
      override async put(key: string, body: Uint8Array, options: PutOptions = {}) {
        const name = await this.begin(key, options.signal);
        if (this.objects.get(name)?.body.byteLength === 0) this.objects.delete(name);
        return super.put(key, body, options);
      }
    },
  },
  {
    what: "goes on reading the body after an abort",
    revealedBy: "also where its body is changed afterwards",
    Storage: class extends MemoryStorage {
      override async put(key: string, body: Uint8Array, options: PutOptions = {}) {
        const name = await this.begin(key, options.signal);
        if (options.ifAbsent === true) return super.put(key, body, options);
        const send = async (): Promise<{ etag?: string }> => {
          await new Promise((resolve) => setTimeout(resolve, 2));
          this.objects.set(name, object(Uint8Array.from(body)));
          return {};
        };
        return abortable(send(), options.signal);
      }
    },
  },
  {
    what: "drops its connection when one call is aborted",
    revealedBy: "an abort ends its own call and no other",
    Storage: class extends MemoryStorage {
      #connection = new AbortController();
      protected override async settle(signal: AbortSignal | undefined) {
        const { signal: dropped } = this.#connection;
        await super.settle(undefined);
        if (signal?.aborted === true) this.#connection.abort();
        signal?.throwIfAborted();
        if (!dropped.aborted) return;
        this.#connection = new AbortController();
        throw this.unreachable();
      }
    },
  },
  {
    what: "lists temporary objects while it writes",
    revealedBy: "a reader never sees a mixture or a part",
    Storage: class extends MemoryStorage {
      override async put(key: string, body: Uint8Array, options: PutOptions = {}) {
        const temporary = `${await this.begin(key, options.signal)}.tmp`;
        this.objects.set(temporary, object(body));
        await nextTick();
        this.objects.delete(temporary);
        return super.put(key, body, options);
      }
    },
  },
  {
    what: "gives an empty etag",
    revealedBy: "an etag, where the store has one, is the same",
    Storage: class extends MemoryStorage {
      override async put(key: string, body: Uint8Array, options: PutOptions = {}) {
        await super.put(key, body, options);
        return { etag: "" };
      }
    },
  },
  {
    what: "quotes the etag in a listing only",
    revealedBy: "an etag, where the store has one, is the same",
    Storage: class extends MemoryStorage {
      override async put(key: string, body: Uint8Array, options: PutOptions = {}) {
        await super.put(key, body, options);
        return { etag: `${body.byteLength}` };
      }
      override async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListedObject, void> {
        for await (const info of super.list(prefix, options)) yield { ...info, etag: `"${info.size}"` };
      }
    },
  },
  {
    what: "takes the time of a listing for another zone",
    revealedBy: "yields key, size and time of each object",
    Storage: class extends MemoryStorage {
      override async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListedObject, void> {
        for await (const { lastModified, ...info } of super.list(prefix, options)) {
          yield { ...info, lastModified: new Date((lastModified?.getTime() ?? 0) + 3_600_000) };
        }
      }
    },
  },
  {
    what: "ignores an abort once a listing has begun",
    revealedBy: "a listing that gets no answer for a later page is ended by an abort",
    Storage: class extends MemoryStorage {
      override async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListedObject, void> {
        await this.settle(options.signal);
        for await (const info of super.list(prefix, { ...options, signal: undefined })) {
          options.signal?.throwIfAborted();
          yield info;
        }
      }
    },
  },
  {
    what: "ignores an abort of a key-only listing",
    revealedBy: "list with keysOnly that gets no answer is ended by an abort",
    Storage: class extends MemoryStorage {
      override list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListedObject, void> {
        return super.list(prefix, options.keysOnly === true ? { ...options, signal: undefined } : options);
      }
    },
  },
  {
    what: "names objects in errors as they are stored",
    revealedBy: "keys go in and come out relative to the prefix",
    Storage: class extends MemoryStorage {
      protected override fail(code: MeteringErrorCode, key: string): never {
        return super.fail(code, this.prefix.value + key);
      }
    },
  },
  {
    what: "takes an empty prefix for another place",
    revealedBy: "id is the same for every handle on one place",
    Storage: class extends MemoryStorage {
      override readonly id: string;
      constructor(objects: Objects, prefix?: string) {
        super(objects, prefix);
        this.id = `${objects.id}:${prefix === undefined ? "" : `/${this.prefix.value}`}`;
      }
    },
  },
  {
    what: "loses the last key of a last page that is full",
    revealedBy: "goes on from any of",
    Storage: class extends MemoryStorage {
      #lost: string | undefined;
      protected override page(namePrefix: string, after: string | undefined) {
        const page = super.page(namePrefix, after);
        const goesOn = super.page(namePrefix, page.at(-1)).length > 0;
        if (page.length === 1 && page[0] === this.#lost) return [];
        if (goesOn || page.length < pageSize) return page;
        this.#lost = page.at(-1);
        return page.slice(0, -1);
      }
    },
  },
  {
    what: "decodes startAfter as a URL",
    revealedBy: "every verb takes characters that URLs treat specially",
    Storage: class extends MemoryStorage {
      override list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListedObject, void> {
        return super.list(prefix, { ...options, startAfter: options.startAfter?.replaceAll("%2F", "/") });
      }
    },
  },
  {
    what: "answers a put before it is stored",
    revealedBy: "is seen by other handles at once",
    Storage: class extends MemoryStorage {
      readonly #waiting = new Map<string, Uint8Array>();
      override async put(key: string, body: Uint8Array, options: PutOptions = {}) {
        const name = await this.begin(key, options.signal);
        if (options.ifAbsent === true) return super.put(key, body, options);
        this.#waiting.set(name, Uint8Array.from(body));
        return {};
      }
      override async close() {
        for (const [name, body] of this.#waiting) this.objects.set(name, object(body));
        this.#waiting.clear();
        return super.close();
      }
      protected override async settle(signal: AbortSignal | undefined) {
        await super.settle(signal);
        for (const [name, body] of this.#waiting) this.objects.set(name, object(body));
        this.#waiting.clear();
      }
    },
  },
  {
    what: "looks outside its prefix where nothing is inside",
    revealedBy: "what lies beside the prefix is not seen",
    Storage: class extends MemoryStorage {
      override async get(key: string, options: GetOptions = {}) {
        await this.begin(key, options.signal);
        return this.objects.get(key)?.body.slice() ?? super.get(key, options);
      }
    },
  },
  {
    what: "deletes outside its prefix, too",
    revealedBy: "what lies beside the prefix is not seen",
    Storage: class extends MemoryStorage {
      override async delete(key: string, options = {}) {
        await super.delete(key, options);
        this.objects.delete(key);
      }
    },
  },
  {
    what: "shares the place in a listing between listings",
    revealedBy: "at once do not disturb each other",
    Storage: class extends MemoryStorage {
      #after: string | undefined;
      protected override page(namePrefix: string, after: string | undefined) {
        const isFirst = after === undefined || !after.startsWith(namePrefix) || this.#after === undefined;
        const page = super.page(namePrefix, isFirst ? after : this.#after);
        this.#after = page.at(-1);
        return page;
      }
    },
  },
  {
    what: "counts objects to find the next page",
    revealedBy: "misses nothing where the consumer removes each",
    Storage: class extends MemoryStorage {
      override async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListedObject, void> {
        for (let skipped = 0; ; skipped += pageSize) {
          const rest: ListedObject[] = [];
          for await (const info of super.list(prefix, options)) rest.push(info);
          yield* rest.slice(skipped, skipped + pageSize);
          if (rest.length <= skipped + pageSize) return;
        }
      }
    },
  },
  {
    what: "lists the size that an object had first",
    revealedBy: "yields the new size and etag after an object was replaced",
    Storage: class extends MemoryStorage {
      readonly #sizes = new Map<string, number>();
      override put(key: string, body: Uint8Array, options: PutOptions = {}) {
        if (!this.#sizes.has(key)) this.#sizes.set(key, body.byteLength);
        return super.put(key, body, options);
      }
      override async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListedObject, void> {
        for await (const info of super.list(prefix, options)) yield { ...info, size: this.#sizes.get(info.key) };
      }
    },
  },
  {
    what: "gives sizes that it does not know as -1",
    revealedBy: "with keysOnly leaves out what it does not know",
    Storage: class extends MemoryStorage {
      override async *list(prefix: string, options: ListOptions = {}): AsyncGenerator<ListedObject, void> {
        for await (const info of super.list(prefix, options)) {
          yield options.keysOnly === true ? { key: info.key, size: -1 } : info;
        }
      }
    },
  },
  {
    what: "keeps the connection of a call that failed",
    revealedBy: "100 of each kind, leave the storage working",
    Storage: class extends MemoryStorage {
      #free = 64;
      protected override async settle(signal: AbortSignal | undefined) {
        if (this.#free <= 0) throw new MeteringError("throttled", "No connection is free.", { storage: this.name });
        return super.settle(signal);
      }
      protected override fail(code: MeteringErrorCode, key: string): never {
        this.#free--;
        return super.fail(code, key);
      }
    },
  },
];
