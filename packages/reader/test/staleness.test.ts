import { memoryCache, MetaReader } from "@metering/reader";
import { MetaWriter } from "@metering/writer";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { MemoryStorage } from "@metering/storage-memory";

const ttlMs = 1000;
const negativeTtlMs = 300;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Content by time of version, since some moment. */
interface Moment {
  readonly sinceMs: number;
  readonly versions: ReadonlyMap<number, unknown>;
}

/** What a lookup without any cache gives. */
function newest({ versions }: Moment, timestamp: number): readonly unknown[] {
  const times = [...versions.keys()].filter((modifyTs) => modifyTs <= timestamp);
  if (times.length === 0) return [];
  const last = Math.max(...times);
  return [last, versions.get(last)];
}

const time = fc.integer({ min: 1, max: 6 }).map((n) => n * 10);
const step = fc.oneof(
  fc.record({ write: time }),
  fc.record({ wait: fc.integer({ min: 1, max: 700 }) }),
  fc.record({ lookUp: fc.integer({ min: 5, max: 65 }), reader: fc.nat(1) }),
);

it("with a cache, a lookup returns what was true at most one time to live ago, also after an overwrite", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40, size: "max" }), async (steps) => {
      const storage = new MemoryStorage();
      const cache = memoryCache({ maxBytes: 100_000 });
      const readers = [1, 2].map(() => new MetaReader(storage, { cache, ttlMs, negativeTtlMs }));
      const history: Moment[] = [{ sinceMs: 0, versions: new Map() }];
      let content = 0;
      for (const one of steps) {
        if ("wait" in one) vi.advanceTimersByTime(one.wait);
        else if ("write" in one) {
          vi.advanceTimersByTime(1);
          await new MetaWriter(storage, { ifExists: "overwrite" }).write({
            type: "logic",
            clusterId: "lc-1",
            modifyTs: one.write,
            metadata: { content: ++content },
          });
          history.push({ sinceMs: Date.now(), versions: new Map(history.at(-1)?.versions).set(one.write, content) });
        } else {
          const found = await readers[one.reader]?.readByType("lc-1", "logic", one.lookUp);
          const given = found === undefined ? [] : [found.modifyTs, found.metadata?.["content"]];
          const oldestMs = Date.now() - (found === undefined ? negativeTtlMs : ttlMs) + 1;
          const recent = history.filter((_, i) => (history[i + 1]?.sinceMs ?? Infinity) > oldestMs);
          expect(recent.map((moment) => newest(moment, one.lookUp))).toContainEqual(given);
        }
      }
    }),
    { numRuns: 50 },
  );
});
