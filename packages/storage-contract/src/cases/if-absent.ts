import { isMeteringError } from "@metering/core";
import { expect, test } from "vitest";
import { expectKeys } from "../expect-keys.ts";
import type { Subject } from "../fixture.ts";
import { expectCode } from "../rejection.ts";
import { bytesOf, expectSameBytes, keysIn } from "../samples.ts";

const writers = 8;

export function testIfAbsent({ abilities, onFixture, onStorage, raceRounds }: Subject): void {
  if (!abilities.ifAbsent) {
    test(
      "is refused with not-supported and stores nothing, as declared",
      onStorage(async (storage) => {
        await expectCode(() => storage.put("key", bytesOf("body"), { ifAbsent: true }), "not-supported");
        expectKeys(await keysIn(storage), []);
      }),
    );
    return;
  }

  test(
    "stores where nothing is there",
    onStorage(async (storage) => {
      await storage.put("a/key", bytesOf("first"), { ifAbsent: true });
      expectSameBytes(await storage.get("a/key"), bytesOf("first"));
    }),
  );

  test(
    "rejects with already-exists, naming key and storage, and leaves what is there as it was",
    onStorage(async (storage) => {
      await storage.put("a/key", bytesOf("first"));
      const error = await expectCode(
        () => storage.put("a/key", bytesOf("second"), { ifAbsent: true }),
        "already-exists",
      );
      expect(error.key, "the key that the error names").toBe("a/key");
      expect(error.storage, "the storage that the error names").toBe(storage.name);
      expectSameBytes(await storage.get("a/key"), bytesOf("first"));
      expectKeys(await keysIn(storage), ["a/key"]);
    }),
  );

  test(
    "rejects with already-exists also where the same bytes are there, or an empty object",
    onStorage(async (storage) => {
      for (const body of [bytesOf("same"), new Uint8Array(0)]) {
        const key = `key of ${body.byteLength}`;
        await storage.put(key, body, { ifAbsent: true });
        await expectCode(() => storage.put(key, body, { ifAbsent: true }), "already-exists");
      }
    }),
  );

  test(
    "stores again after the object was deleted",
    onStorage(async (storage) => {
      await storage.put("key", bytesOf("first"), { ifAbsent: true });
      await storage.delete("key");
      await storage.put("key", bytesOf("second"), { ifAbsent: true });
      expectSameBytes(await storage.get("key"), bytesOf("second"));
    }),
  );

  test(
    "ifAbsent: false replaces what is there",
    onStorage(async (storage) => {
      await storage.put("key", bytesOf("first"));
      await storage.put("key", bytesOf("second"), { ifAbsent: false });
      expectSameBytes(await storage.get("key"), bytesOf("second"));
    }),
  );

  test(
    `exactly one of ${writers} concurrent writers wins, the others get already-exists (${raceRounds} rounds)`,
    onFixture(async (fixture) => {
      const handles = [await fixture.open(), await fixture.open()] as const;
      for (let round = 0; round < raceRounds; round++) {
        const key = `race/${round % 10}/${round}`;
        const bodies = Array.from({ length: writers }, (_, i) => bytesOf(`writer ${i} of round ${round}`));
        const results = await Promise.allSettled(
          bodies.map((body, i) => handles[i % 2 === 0 ? 0 : 1].put(key, body, { ifAbsent: true })),
        );
        const winners = bodies.filter((_, i) => results[i]?.status === "fulfilled");
        const codes = results.flatMap((result) => {
          if (result.status === "fulfilled") return [];
          const reason: unknown = result.reason;
          return [isMeteringError(reason) ? reason.code : String(reason)];
        });
        expect(winners, `writers that won round ${round}`).toHaveLength(1);
        expect(codes).toEqual(Array(writers - 1).fill("already-exists"));
        expectSameBytes(await handles[0].get(key), winners[0] ?? new Uint8Array(0));
      }
    }),
  );
}
