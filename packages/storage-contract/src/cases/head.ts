import { inspect } from "node:util";
import { expect, test } from "vitest";
import type { Subject } from "../fixture.ts";
import { bytesOf, collect, expectRecent, noise } from "../samples.ts";

export function testHead({ onStorage }: Subject): void {
  test(
    "is undefined where there is no object",
    onStorage(async (storage) => {
      await storage.put("folder/object", bytesOf("body"));
      expect(await storage.head("no/such/key")).toBeUndefined();
      expect(await storage.head("folder")).toBeUndefined();
      expect(await storage.head("folder/object/below")).toBeUndefined();
    }),
  );

  test(
    "knows key, size and time of the object",
    onStorage(async (storage) => {
      await storage.put("a/key", noise(1_234));
      const info = await storage.head("a/key");
      expect(info?.key).toBe("a/key");
      expect(info?.size).toBe(1_234);
      expectRecent(info?.lastModified);
    }),
  );

  test(
    "knows the new size and time after the object was replaced",
    onStorage(async (storage) => {
      await storage.put("key", noise(100));
      const before = await storage.head("key");
      await storage.put("key", noise(7));
      const after = await storage.head("key");
      expect(after?.size).toBe(7);
      expect(after?.lastModified.getTime(), "lastModified").toBeGreaterThanOrEqual(before?.lastModified.getTime() ?? 0);
    }),
  );

  test(
    "an etag, where the store has one, is the same from put, head and list and another for another body",
    onStorage(async (storage) => {
      const put = await storage.put("key", bytesOf("first"));
      const head = await storage.head("key");
      const [listed] = await collect(storage.list("key"));
      const etags = { put: put.etag, head: head?.etag, list: listed?.etag };
      const known = Object.values(etags).filter((etag) => etag !== undefined);
      const [etag] = known;
      for (const value of known) expect(value, "an etag is text, or left out").toMatch(/./);
      for (const [from, value] of Object.entries(etags)) {
        if (value !== undefined) expect(value, `the etag from ${from}, compared with ${inspect(etags)}`).toBe(etag);
      }
      await storage.put("key", bytesOf("other"));
      const after = await storage.head("key");
      if (after?.etag !== undefined) expect(known).not.toContain(after.etag);
    }),
  );
}
