import { inspect } from "node:util";
import { isMeteringError } from "@metering/core";
import { expect, test } from "vitest";
import { calls } from "../calls.ts";
import type { Subject } from "../fixture.ts";
import { rejectionOf } from "../rejection.ts";
import { expectNoSecrets } from "../secrets.ts";
import { bytesOf } from "../samples.ts";

export function testFailure({ abilities, onFixture }: Subject): void {
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
