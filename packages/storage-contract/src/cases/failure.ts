import { inspect } from "node:util";
import { isMeteringError } from "@metering/core";
import { expect, test } from "vitest";
import { calls } from "../calls.ts";
import type { Subject } from "../fixture.ts";
import { rejectionOf } from "../rejection.ts";
import { expectNoSecrets } from "../secrets.ts";
import { bytesOf, collect, expectSameBytes } from "../samples.ts";

/** The outcome of a call that is aborted while it runs. */
function aborted(call: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> {
  const controller = new AbortController();
  const outcome = call(controller.signal);
  setImmediate(() => controller.abort());
  return outcome;
}

export function testFailure({ abilities, onFixture, onStorage }: Subject): void {
  test(
    "calls that fail or are aborted, 100 of each kind, leave the storage working",
    onStorage(async (storage) => {
      await storage.put("there", bytesOf("there"));
      const failing: readonly (() => Promise<unknown>)[] = [
        () => storage.get("missing"),
        () => storage.get("there", { maxBytes: 1 }),
        () => aborted((signal) => storage.get("there", { signal })),
        () => aborted((signal) => storage.put("aborted", bytesOf("aborted"), { signal })),
        () => aborted((signal) => collect(storage.list("", { signal }))),
        ...(abilities.ifAbsent ? [() => storage.put("there", bytesOf("other"), { ifAbsent: true })] : []),
      ];
      for (const call of failing) {
        await Promise.allSettled(Array.from({ length: 100 }, call));
        expectSameBytes(await storage.get("there"), bytesOf("there"));
      }
    }),
  );

  for (const [verb, call] of Object.entries(calls)) {
    if (verb === "put with ifAbsent" && !abilities.ifAbsent) continue;

    test(
      `${verb} of a store that cannot be reached rejects with a retryable MeteringError without secrets`,
      onFixture(async (fixture) => {
        const storage = await fixture.open();
        await storage.put("there", bytesOf("there"));
        if (!(await fixture.break())) return;
        const error = await rejectionOf(() => call(storage, {}));
        if (!isMeteringError(error)) throw new Error(`expected a MeteringError, got ${inspect(error)}`);
        expect(error.retryable, `whether ${error.code} is retryable`).toBe(true);
        expect(error.storage, "the storage that the error names").toBe(storage.name);
        expectNoSecrets(fixture.secrets, { "the error, with its causes": error });
      }),
    );
  }
}
