import { type ListOptions, MeteringError } from "@metering/core";
import { testStorageContract } from "@metering/storage-contract";
import { listPages } from "@metering/storage-kit";
import { MemoryStorage, Objects } from "./stores/memory-storage.ts";

/** Lists by UTF-16 units, as a store does that sorts texts of JavaScript, Java or .NET; the kit watches the order. */
class Utf16Storage extends MemoryStorage {
  override async *list(prefix: string, options: ListOptions = {}) {
    const { startAfter, signal, onInvalidKey } = options;
    const listing = listPages({
      prefix: this.prefix,
      storage: this.name,
      onInvalidKey,
      fetchPage: async (token) => {
        await this.settle(signal);
        const after = token ?? (startAfter === undefined ? undefined : this.prefix.value + startAfter);
        const names = this.page(this.prefix.toNamePrefix(prefix), after);
        const objects = names.flatMap((name) => {
          const object = this.objects.get(name);
          return object ? [{ name, size: object.body.byteLength, lastModified: object.lastModified }] : [];
        });
        return { objects, next: names.at(-1) };
      },
    });
    for await (const object of listing) {
      yield object;
      signal?.throwIfAborted();
    }
  }

  protected override page(namePrefix: string, after: string | undefined): string[] {
    const names = [...this.objects.keys()].filter((name) => name.startsWith(namePrefix));
    return names
      .filter((name) => after === undefined || name > after)
      .sort()
      .slice(0, 1_000);
  }
}

/** Would turn a backslash into a slash, so it refuses to. */
class SlashStorage extends MemoryStorage {
  protected override async begin(key: string, signal: AbortSignal | undefined): Promise<string> {
    if (key.includes("\\")) throw new MeteringError("invalid-key", "No backslash here.", { key, storage: this.name });
    return super.begin(key, signal);
  }
}

for (const [name, abilities, Storage] of [
  ["a store that lists by UTF-16", { byteOrder: false }, Utf16Storage],
  ["a store that turns a backslash into a slash", { refusedKeys: /\\/ }, SlashStorage],
] as const) {
  testStorageContract({
    name,
    abilities,
    createFixture: () => {
      const objects = new Objects();
      return {
        open: ({ prefix } = {}) => new Storage(objects, prefix),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      };
    },
    raceRounds: 20,
    manyKeys: 1_500,
    largeBytes: 10_000,
  });
}
