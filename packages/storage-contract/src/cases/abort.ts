import { getEventListeners } from "node:events";
import { isMeteringError } from "@metering/core";
import { expect, test } from "vitest";
import { calls } from "../calls.ts";
import type { Subject } from "../fixture.ts";
import { rejectionOf } from "../rejection.ts";
import { bytesOf, collect, expectSameBytes, keysIn, noise, putAll } from "../samples.ts";

/** Moments between the call and its end, early to late. */
const moments: readonly (() => Promise<void>)[] = [
  () => Promise.resolve(),
  async () => void (await new Promise((resolve) => process.nextTick(resolve))),
  async () => void (await new Promise((resolve) => setImmediate(resolve))),
  async () => void (await new Promise((resolve) => setTimeout(resolve, 1))),
  async () => void (await new Promise((resolve) => setTimeout(resolve, 3))),
];

export function testAbort({ abilities, onFixture, onStorage, largeBytes }: Subject): void {
  for (const [verb, call] of Object.entries(calls)) {
    if (verb === "put with ifAbsent" && !abilities.ifAbsent) continue;

    test(
      `${verb} rejects with the signal's reason where it was aborted before, and does nothing`,
      onStorage(async (storage) => {
        await storage.put("there", bytesOf("there"));
        const reason = new Error("not needed any more");
        expect(await rejectionOf(() => call(storage, { signal: AbortSignal.abort(reason) }))).toBe(reason);
        expect(await keysIn(storage)).toEqual(["there"]);
      }),
    );

    test(
      `${verb} aborted while it runs rejects with the signal's reason and nothing else, or had ended already`,
      onStorage(async (storage) => {
        await putAll(storage, ["there", ...Array.from({ length: 50 }, (_, i) => `more/${i}`)]);
        for (const moment of moments) {
          const controller = new AbortController();
          const reason = { why: "any value may be a reason" };
          const outcome = call(storage, { signal: controller.signal }).then(
            () => "ended",
            (error: unknown) => (isMeteringError(error, "already-exists") ? "ended" : error),
          );
          await moment();
          controller.abort(reason);
          expect(["ended", reason]).toContain(await outcome);
        }
        await storage.put("there", bytesOf("the storage goes on to work"));
      }),
    );

    test(
      `${verb} that gets no answer is ended by an abort, with the signal's reason`,
      onFixture(async (fixture) => {
        const storage = await fixture.open();
        await storage.put("there", bytesOf("there"));
        if (!(await fixture.stall())) return;
        const controller = new AbortController();
        const reason = new Error("waited long enough");
        const outcome = rejectionOf(() => call(storage, { signal: controller.signal }));
        await new Promise((resolve) => setTimeout(resolve, 20));
        controller.abort(reason);
        const late = new Promise((resolve) => setTimeout(resolve, 5_000, "the call went on for 5 s after the abort"));
        expect(await Promise.race([outcome, late])).toBe(reason);
      }),
    );
  }

  test(
    "a put aborted while it runs leaves the old object, the new one or none, whole",
    onStorage(async (storage) => {
      const body = noise(Math.min(largeBytes, 1024 * 1024));
      for (const [i, moment] of moments.entries()) {
        const controller = new AbortController();
        const outcome = storage.put(`large/${i}`, body, { signal: controller.signal }).catch((error: unknown) => error);
        await moment();
        controller.abort();
        await outcome;
        const stored = await storage.get(`large/${i}`).catch((error: unknown) => error);
        if (stored instanceof Uint8Array) expectSameBytes(stored, body);
        else expect(isMeteringError(stored, "not-found"), `got ${String(stored)}`).toBe(true);
      }
    }),
  );

  test(
    "a listing aborted between two objects rejects with the signal's reason at the next one",
    onStorage(async (storage) => {
      await putAll(storage, ["a/1", "a/2", "b/3"]);
      for (const keysOnly of [false, true]) {
        const controller = new AbortController();
        const found = storage.list("", { signal: controller.signal, keysOnly })[Symbol.asyncIterator]();
        await found.next();
        const reason = new Error("seen enough");
        controller.abort(reason);
        expect(await rejectionOf(() => found.next())).toBe(reason);
      }
    }),
  );

  test(
    "a signal that is never aborted changes nothing and keeps no listeners",
    onStorage(async (storage) => {
      const { signal } = new AbortController();
      for (let i = 0; i < 20; i++) {
        await storage.put("key", bytesOf("body"), { signal });
        await storage.get("key", { signal });
        await storage.head("key", { signal });
        await collect(storage.list("", { signal }));
        await storage.delete("key", { signal });
      }
      expect(getEventListeners(signal, "abort").length).toBeLessThan(10);
    }),
  );
}
