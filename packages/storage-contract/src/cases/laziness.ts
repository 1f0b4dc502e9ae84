import { expect, test } from "vitest";
import type { Subject } from "../fixture.ts";
import { bytesOf, putAll } from "../samples.ts";

export function testLaziness({ onStorage, manyKeys }: Subject): void {
  test(
    "asks the store nothing before the first next",
    onStorage(async (storage) => {
      const objects = storage.list("")[Symbol.asyncIterator]();
      const keys = storage.list("", { keysOnly: true })[Symbol.asyncIterator]();
      // A listing that had begun with the call would not know this object.
      await storage.put("put-after-the-call", bytesOf("body"));
      for (const listing of [objects, keys]) {
        const first = await listing.next();
        expect(first.done === true ? undefined : first.value.key).toBe("put-after-the-call");
      }
    }),
  );

  test(
    `asks for a page only when the consumer gets there: an object put last among ${manyKeys} is seen`,
    onStorage(async (storage) => {
      const folders = 4;
      const keys = Array.from({ length: manyKeys }, (_, i) => `${i % folders}/${String(i).padStart(6, "0")}`);
      await putAll(storage, keys);
      const seen: string[] = [];
      for await (const { key } of storage.list("")) {
        if (seen.length === 0) await storage.put(`${folders - 1}/put-while-listing`, bytesOf("body"));
        seen.push(key);
      }
      expect(seen).toContain(`${folders - 1}/put-while-listing`);
      expect(seen).toHaveLength(manyKeys + 1);
    }),
  );

  test(
    "a consumer may stop early, and the storage goes on to work",
    onStorage(async (storage) => {
      await putAll(storage, ["a/1", "a/2", "b/3"]);
      for (let i = 0; i < 100; i++) {
        for await (const { key } of storage.list("")) {
          expect(key).toBe("a/1");
          break;
        }
      }
      const objects = storage.list("")[Symbol.asyncIterator]();
      await objects.next();
      await objects.return?.();
      expect((await objects.next()).done).toBe(true);
      expect((await storage.get("b/3")).byteLength).toBe(3);
    }),
  );
}
