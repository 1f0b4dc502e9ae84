import { isMeteringError, meteringKeyPrefix, type ObjectStorage } from "@metering/core";
import { MeteringReader } from "@metering/reader";
import { createLayer } from "@metering/storage-kit";
import { MeteringWriter } from "@metering/writer";
import { expect, test } from "vitest";
import { removeLeftover, type Removal } from "../src/commands/verify/remove-leftover.ts";
import { eight, emptyBucket } from "./buckets.ts";

const id = { timestamp: eight, category: "tikv-server", selfId: "tikv01" };
const keyOfPart = (part: number) => `${meteringKeyPrefix(id)}${part}.json.gz`;
/** Everything is old enough, so that only part 0 protects a page. */
const now = Math.floor(Date.now() / 1000) + 2 * 86_400;

/** All tenants are equal, and so are the pages that two records begin with. */
const recordOf = (tenants: number) => ({
  ...id,
  data: Array.from({ length: tenants }, () => ({ cluster_id: "a", requests: { value: 10, unit: "requests" } })),
});

/** Lets one actor's calls to the storage through, so many at a time. */
function createGate(storage: ObjectStorage) {
  const waiting: (() => void)[] = [];
  let allowed = 0;
  let onStop: (() => void) | undefined;
  const pass = async () => {
    if (allowed > 0) {
      allowed--;
      return;
    }
    const turn = new Promise<void>((resolve) => waiting.push(resolve));
    onStop?.();
    await turn;
  };
  const allow = (calls: number) => {
    allowed = calls;
    for (const next of waiting.splice(0, calls)) {
      allowed--;
      next();
    }
  };
  return {
    storage: createLayer(storage, {
      async call(_, next) {
        await pass();
        return next();
      },
      async *list(_, open, options) {
        await pass();
        yield* open(options);
      },
    }),
    /** Resolves when so many calls were let through and the actor waits for more, or has ended. */
    async let(calls: number, end: Promise<unknown>) {
      const stopped = new Promise<void>((resolve) => (onStop = resolve));
      allow(calls);
      if (waiting.length === 0) await Promise.race([stopped, end]);
    },
    open: () => {
      allow(Number.MAX_SAFE_INTEGER);
    },
  };
}

test("whenever a writer overwrites the record meanwhile, nothing of it is lost in silence", async () => {
  const outcomes = new Set<string>();
  for (let writerCalls = 0; writerCalls <= 9; writerCalls++) {
    for (let removerCalls = 0; removerCalls <= 4; removerCalls++) {
      await using bucket = await emptyBucket();
      const { storage } = bucket;
      await new MeteringWriter(storage, { pageSizeBytes: 60 }).write(recordOf(3));
      const old = await Promise.all([0, 1, 2].map((part) => storage.get(keyOfPart(part))));
      // A record of two pages, and a page 2 that its part 0 does not name.
      await new MeteringWriter(storage, { pageSizeBytes: 60, ifExists: "overwrite" }).write(recordOf(2));
      await storage.put(keyOfPart(2), old[2] ?? new Uint8Array());

      const [forWriter, forRemover] = [createGate(storage), createGate(storage)];
      const writer = new MeteringWriter(forWriter.storage, { pageSizeBytes: 60, ifExists: "overwrite" });
      const written = writer.write(recordOf(3)).then(
        () => "written",
        (error: unknown) => (isMeteringError(error) ? error.code : "failed"),
      );
      await forWriter.let(writerCalls, written);
      const { signal } = new AbortController();
      const removed: Promise<Removal> = removeLeftover(keyOfPart(2), {
        storage: forRemover.storage,
        now,
        dryRun: false,
        signal,
      });
      await forRemover.let(removerCalls, removed);
      forWriter.open();
      const outcome = await written;
      forRemover.open();
      const { action } = await removed;

      const whole = await new MeteringReader(storage).readRecord(id).then(
        ({ data }) => data.length === 3,
        () => false,
      );
      // Either of the two says so where the record is spoiled.
      expect(whole || outcome === "conflict" || action === "spoiled", `${writerCalls}, ${removerCalls}`).toBe(true);
      outcomes.add(`${whole ? "whole" : "spoiled"} ${outcome} ${action}`);
    }
  }
  expect(outcomes).toContain("whole written kept");
  expect(outcomes).toContain("whole written removed");
  expect([...outcomes].some((outcome) => outcome.startsWith("spoiled"))).toBe(true);
});
