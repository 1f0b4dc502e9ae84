import { inspect } from "node:util";
import { isMeteringError, type MeteringElement, type MeteringErrorCode, type ObjectStorage } from "@metering/core";
import { MetaReader, MeteringReader } from "@metering/reader";
import { MetaWriter, MeteringWriter } from "@metering/writer";
import { describe, expect, it, type TestContext } from "vitest";
import { backends, type Backend } from "./backends.ts";

const start = 1755850380;
const elements = (count: number): MeteringElement[] =>
  Array.from({ length: count }, (_, i) => ({ id: `lc-${i}`, ru: { value: 2n ** 60n + BigInt(i), unit: "RU" } }));
const written = { timestamp: start, category: "tidb-server", selfId: "before" };
const single = { timestamp: start, category: "tidb-server", selfId: "single" };
const paged = { timestamp: start, category: "tidb-server", selfId: "paged" };
// Several pages.
const pageSizeBytes = 200;
const many = 8;
const metadata = { type: "logic", clusterId: "lc-1", modifyTs: start, metadata: { owner: "team" } } as const;

/** What a user does, on a storage that fails. Each gives what it read, or nothing. */
const operations: Readonly<Record<string, (storage: ObjectStorage, signal: AbortSignal) => Promise<unknown>>> = {
  write: (storage, signal) => new MeteringWriter(storage).write({ ...single, data: elements(3) }, { signal }),
  "paged write": (storage, signal) =>
    new MeteringWriter(storage, { pageSizeBytes, concurrency: 2 }).write(
      { ...paged, data: elements(many) },
      { signal },
    ),
  "metadata write": (storage, signal) => new MetaWriter(storage).write(metadata, { signal }),
  list: (storage, signal) => new MeteringReader(storage).listFilesByTimestamp(start, { signal }),
  read: async (storage, signal) => (await new MeteringReader(storage).readRecord(written, { signal })).data,
  scan: async (storage, signal) => {
    const data: unknown[] = [];
    for await (const { element } of new MeteringReader(storage)
      .scan({ from: start, to: start + 60 }, { signal })
      .entries()) {
      data.push(element);
    }
    return data;
  },
  "metadata read": async (storage, signal) =>
    (await new MetaReader(storage).readByType("lc-0", "logic", start, { signal }))?.metadata,
};

/** What an operation may reject with under any fault: what the storage says, not what the caller did. */
const acceptable: ReadonlySet<MeteringErrorCode> = new Set([
  "unavailable",
  "timeout",
  "throttled",
  "conflict",
  "permission-denied",
  "bucket-not-found",
  "out-of-space",
  "storage-failure",
]);

async function dataOf(storage: ObjectStorage, id: typeof single): Promise<unknown> {
  return (await new MeteringReader(storage).readRecord(id)).data;
}

/** Checks that nothing of the backend's secrets shows up, however a thing is printed. */
function checkNoSecret({ secrets }: Backend, ...things: readonly unknown[]): void {
  for (const thing of things) {
    const shown = `${inspect(thing, { depth: 20, showHidden: true })}${JSON.stringify(thing)}${String(thing)}`;
    for (const secret of secrets) if (shown.includes(secret)) throw new Error(`A secret shows up in ${typeof thing}.`);
  }
}

/** Gives the outcome as one thing, whichever it is. */
async function settle(call: Promise<unknown>): Promise<{ readonly error?: unknown; readonly result?: unknown }> {
  return call.then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
}

async function prepare(create: () => Promise<Backend>, { onTestFinished }: TestContext): Promise<Backend> {
  const backend = await create();
  onTestFinished(() => backend[Symbol.asyncDispose]());
  await new MeteringWriter(backend.healthy, { pageSizeBytes }).write({ ...written, data: elements(many) });
  await new MetaWriter(backend.healthy).write({ ...metadata, clusterId: "lc-0" });
  return backend;
}

/** Registers the tests of every operation under every fault of every backend, each of which strikes so many times. */
export function testFaults(times: number): void {
  describe.concurrent.each(backends)("on $name", ({ faults, create }) => {
    describe.each(faults)("%s", (fault) => {
      it.for(Object.entries(operations))(
        "%s succeeds or says why, and nothing is lost or duplicated",
        async ([name, operation], context) => {
          const backend = await prepare(create, context);
          const storage = backend.open(fault, times);
          const { error, result } = await settle(operation(storage, AbortSignal.timeout(30_000)));
          if (error !== undefined) {
            expect(isMeteringError(error), inspect(error)).toBe(true);
            expect(acceptable, inspect(error)).toContain(isMeteringError(error) ? error.code : undefined);
            checkNoSecret(backend, error, error instanceof Error ? error.cause : undefined);
          } else if (name === "read" || name === "scan") expect(result).toStrictEqual(elements(many));
          checkNoSecret(backend, storage, ...backend.log);

          // What a healthy handle sees afterwards is what counts.
          backend.heal();
          const { healthy } = backend;
          const [id, count] = name === "write" ? [single, 3] : [paged, many];
          if (name === "write" || name === "paged write") {
            const data = elements(count);
            // What was acknowledged is there before any retry.
            if (error === undefined) expect(await dataOf(healthy, id)).toStrictEqual(data);
            const options = { ifExists: "verify", ...(name === "write" ? {} : { pageSizeBytes }) } as const;
            await new MeteringWriter(healthy, options).write({ ...id, data });
            expect(await dataOf(healthy, id)).toStrictEqual(data);
          }
          if (name === "metadata write") {
            await new MetaWriter(healthy, { ifExists: "verify" }).write(metadata);
            const stored = await new MetaReader(healthy).readByType("lc-1", "logic", start);
            expect(stored?.metadata).toStrictEqual(metadata.metadata);
          }
        },
      );
    });
  });
}
