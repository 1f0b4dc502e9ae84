import { expect, test } from "vitest";
import type { Subject } from "../fixture.ts";
import { expectCode } from "../rejection.ts";
import { bytesOf, expectSameBytes, noise } from "../samples.ts";

export function testGet({ onStorage }: Subject): void {
  test(
    "rejects with not-found, naming key and storage, where there is no object",
    onStorage(async (storage) => {
      const error = await expectCode(() => storage.get("no/such/key"), "not-found");
      expect(error.key, "the key that the error names").toBe("no/such/key");
      expect(error.storage, "the storage that the error names").toBe(storage.name);
    }),
  );

  test(
    "rejects with not-found for the start of a key, with and without what follows",
    onStorage(async (storage) => {
      await storage.put("folder/object", bytesOf("body"));
      await expectCode(() => storage.get("folder"), "not-found");
      await expectCode(() => storage.get("folder/obj"), "not-found");
      await expectCode(() => storage.get("folder/object/below"), "not-found");
    }),
  );

  test(
    "returns bytes that are the caller's own",
    onStorage(async (storage) => {
      await storage.put("key", noise(2_000));
      const first = await storage.get("key");
      first.fill(0);
      expectSameBytes(await storage.get("key"), noise(2_000));
    }),
  );

  test(
    "maxBytes lets an object of just that size through",
    onStorage(async (storage) => {
      await storage.put("key", noise(1_000));
      expectSameBytes(await storage.get("key", { maxBytes: 1_000 }), noise(1_000));
      await storage.put("empty", new Uint8Array(0));
      expectSameBytes(await storage.get("empty", { maxBytes: 0 }), new Uint8Array(0));
    }),
  );

  test(
    "rejects with too-large where the object has more than maxBytes",
    onStorage(async (storage) => {
      await storage.put("key", noise(1_000));
      const error = await expectCode(() => storage.get("key", { maxBytes: 999 }), "too-large");
      expect(error.key, "the key that the error names").toBe("key");
      await expectCode(() => storage.get("key", { maxBytes: 0 }), "too-large");
    }),
  );
}
