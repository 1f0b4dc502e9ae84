import { getEventListeners } from "node:events";
import { isMeteringError } from "@metering/core";
import { expect, test } from "vitest";
import { calls } from "../calls.ts";
import { expectKeys } from "../expect-keys.ts";
import type { Subject } from "../fixture.ts";
import { expectReason } from "../rejection.ts";
import { bytesOf, collect, expectSameBytes, keysIn, noise, putAll } from "../samples.ts";

/** Moments between the call and its end, early to late. */
const moments: readonly (() => Promise<void>)[] = [
  () => Promise.resolve(),
  async () => void (await new Promise((resolve) => process.nextTick(resolve))),
  async () => void (await new Promise((resolve) => setImmediate(resolve))),
  async () => void (await new Promise((resolve) => setTimeout(resolve, 1))),
  async () => void (await new Promise((resolve) => setTimeout(resolve, 3))),
];

/** What comes of a call that was aborted. */
async function withinFiveSeconds<Result>(call: Promise<Result>): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("the call did not end within 5 s of the abort")), 5_000);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}

export function testAbort({ abilities, manyKeys, onFixture, onStorage, largeBytes }: Subject): void {
  for (const [verb, call] of Object.entries(calls)) {
    if (verb === "put with ifAbsent" && !abilities.ifAbsent) continue;

    test(
      `${verb} rejects with the signal's reason where it was aborted before, and does nothing`,
      onStorage(async (storage) => {
        await storage.put("there", bytesOf("there"));
        const reason = new Error("not needed any more");
        await expectReason(() => call(storage, { signal: AbortSignal.abort(reason) }), reason);
        expectKeys(await keysIn(storage), ["there"]);
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
        const outcome = call(storage, { signal: controller.signal });
        outcome.catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 20));
        controller.abort(reason);
        await expectReason(() => withinFiveSeconds(outcome), reason);
      }),
    );
  }

  test(
    "a put aborted while it runs leaves the whole object or none, also where its body is changed afterwards",
    onStorage(async (storage) => {
      const whole = noise(Math.min(largeBytes, 1024 * 1024));
      for (const [i, moment] of moments.entries()) {
        const body = whole.slice();
        const controller = new AbortController();
        const outcome = storage.put(`large/${i}`, body, { signal: controller.signal }).catch((error: unknown) => error);
        await moment();
        controller.abort();
        await outcome;
        // The caller's again: what is written into it now must not reach the store.
        body.fill(7);
      }
      // What was under way when it was aborted may end later.
      await new Promise((resolve) => setTimeout(resolve, 20));
      for (const i of moments.keys()) {
        const stored = await storage.get(`large/${i}`).catch((error: unknown) => error);
        if (stored instanceof Uint8Array) expectSameBytes(stored, whole);
        else expect(isMeteringError(stored, "not-found"), `got ${String(stored)}`).toBe(true);
      }
    }),
  );

  test(
    "an abort ends its own call and no other",
    onStorage(async (storage) => {
      const keys = Array.from({ length: 20 }, (_, i) => `key/${i}`);
      await putAll(storage, keys);
      const controller = new AbortController();
      const aborted = keys.map((key) => storage.get(key, { signal: controller.signal }).catch(() => undefined));
      const others = Promise.all(keys.map((key) => storage.get(key)));
      controller.abort();
      for (const [i, body] of (await others).entries()) expectSameBytes(body, bytesOf(keys[i] ?? ""));
      await Promise.all(aborted);
    }),
  );

  test(
    "a listing that gets no answer for a later page is ended by an abort",
    onFixture(async (fixture) => {
      const storage = await fixture.open();
      await putAll(
        storage,
        Array.from({ length: manyKeys }, (_, i) => `k/${i}`),
      );
      const controller = new AbortController();
      const reason = new Error("waited long enough");
      const objects = storage.list("", { signal: controller.signal })[Symbol.asyncIterator]();
      await objects.next();
      if (!(await fixture.stall())) return;
      const seen: unknown[] = [];
      const rest = async (): Promise<void> => {
        for (let next = await objects.next(); next.done !== true; next = await objects.next()) seen.push(next.value);
      };
      const outcome = rest().catch((error: unknown) => error);
      await new Promise((resolve) => setTimeout(resolve, 20));
      controller.abort(reason);
      const error = await withinFiveSeconds(outcome);
      // What was received before may be the whole listing.
      if (error === undefined) expect(seen.length, "objects of a listing that ended").toBe(manyKeys - 1);
      else await expectReason(() => Promise.reject(error), reason);
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
        await expectReason(() => found.next(), reason);
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
