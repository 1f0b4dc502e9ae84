import { gzipSync } from "node:zlib";
import {
  decodeMeteringPage,
  isMeteringError,
  pageDigest,
  type MeteringElement,
  type ObjectStorage,
} from "@metering/core";
import { withFaults, type Fault } from "@metering/storage-kit";
import { MeteringWriter, type IfExists } from "@metering/writer";
import { describe, expect, it } from "vitest";
import { MemoryStorage } from "@metering/storage-memory";
import { overriding, storedKeys } from "@metering/test-helpers";

const id = { timestamp: 1755850380, category: "tidb-server", selfId: "tidbserver01" };
const folder = "metering/ru/1755850380/tidb-server";
const keyOf = (part: number): string => `${folder}/tidbserver01-${part}.json.gz`;

/** Elements of exactly 20 bytes of JSON each: `{"n":"0000000000000"}` less one digit. */
function elements(count: number, from = 0): MeteringElement[] {
  return Array.from({ length: count }, (_, i) => ({ n: String(from + i).padStart(12, "0") }));
}
// Five elements a page.
const pageSizeBytes = 100;

/** The record's pages as part 0 names them: none if it is missing or one of them is not as it says. */
async function stored(storage: ObjectStorage): Promise<readonly (readonly (MeteringElement | null)[])[]> {
  const fileOf = async (part: number): Promise<Uint8Array> =>
    (await storage.head(keyOf(part))) === undefined ? new Uint8Array() : storage.get(keyOf(part));
  const firstFile = await fileOf(0);
  if (firstFile.length === 0) return [];
  const { data, manifest } = await decodeMeteringPage(keyOf(0), firstFile);
  const pages = [data];
  for (const [index, digest] of (manifest?.digests ?? []).entries()) {
    const file = await fileOf(index + 1);
    if (pageDigest(file) !== digest) return [];
    pages.push((await decodeMeteringPage(keyOf(index + 1), file)).data);
  }
  return pages;
}

async function rejection(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("a record", () => {
  it("is one file without a page size, and the result says so", async () => {
    const storage = new MemoryStorage();
    const receipt = await new MeteringWriter(storage).write({ ...id, data: elements(100) });
    expect(await storedKeys(storage)).toStrictEqual([keyOf(0)]);
    expect(await stored(storage)).toStrictEqual([elements(100)]);
    const { size } = (await storage.head(keyOf(0))) ?? {};
    expect(receipt).toStrictEqual({
      parts: [{ key: keyOf(0), part: 0, elements: 100, bytes: size, outcome: "created" }],
      elements: 100,
    });
  });

  it("is split into pages up to the page size, with elements in order", async () => {
    const storage = new MemoryStorage();
    const receipt = await new MeteringWriter(storage, { pageSizeBytes }).write({ ...id, data: elements(12) });
    expect(await stored(storage)).toStrictEqual([elements(5), elements(5, 5), elements(2, 10)]);
    expect(receipt.parts.map(({ part, elements: count }) => [part, count])).toStrictEqual([
      [0, 5],
      [1, 5],
      [2, 2],
    ]);
  });

  it("puts an element larger than a page on its own page", async () => {
    const storage = new MemoryStorage();
    const big = { n: "x".repeat(500) };
    await new MeteringWriter(storage, { pageSizeBytes }).write({
      ...id,
      data: [...elements(1), big, ...elements(2, 1)],
    });
    expect(await stored(storage)).toStrictEqual([elements(1), [big], elements(2, 1)]);
  });

  it("counts bytes of UTF-8, not characters", async () => {
    const storage = new MemoryStorage();
    const data = Array.from({ length: 4 }, () => ({ n: "é😀" }));
    await new MeteringWriter(storage, { pageSizeBytes: 28 }).write({ ...id, data });
    expect((await stored(storage)).map((page) => page.length)).toStrictEqual([2, 2]);
  });

  it.each([undefined, pageSizeBytes])("without elements is one page, also with the page size %s", async (pageSize) => {
    const storage = new MemoryStorage();
    await new MeteringWriter(storage, { pageSizeBytes: pageSize }).write({ ...id, data: [] });
    expect(await stored(storage)).toStrictEqual([[]]);
  });

  it("is stored in its own pool or else the writer's", async () => {
    const storage = new MemoryStorage();
    const writer = new MeteringWriter(storage, { sharedPoolId: "pool-1" });
    await writer.write({ ...id, data: [] });
    await writer.write({ ...id, data: [], sharedPoolId: "own" });
    expect(await storedKeys(storage)).toStrictEqual([
      `${folder}/own/tidbserver01-0.json.gz`,
      `${folder}/pool-1/tidbserver01-0.json.gz`,
    ]);
  });

  it("may come from any iterable or async iterable, which is read once and closed", async () => {
    let closed = 0;
    async function* generate() {
      try {
        yield* elements(12);
      } finally {
        closed++;
      }
    }
    for (const data of [new Set(elements(12)), generate()]) {
      const storage = new MemoryStorage();
      await new MeteringWriter(storage, { pageSizeBytes }).write({ ...id, data });
      expect((await stored(storage)).flat()).toStrictEqual(elements(12));
    }
    expect(closed).toBe(1);
  });

  it("of a hundred thousand pages' worth of elements is written in bounded memory", async () => {
    let alive = 0;
    let most = 0;
    async function* generate() {
      for (let i = 0; i < 2000; i++) {
        alive++;
        most = Math.max(most, alive);
        yield { n: "x".repeat(100) };
      }
    }
    const storage = withFaults(new MemoryStorage(), ({ verb }) => {
      if (verb === "put") alive--;
      return undefined;
    });
    await new MeteringWriter(storage, { pageSizeBytes, concurrency: 4 }).write({ ...id, data: generate() });
    expect(most).toBeLessThan(12);
  });

  it("and its elements are not modified", async () => {
    const record = Object.freeze({ ...id, data: Object.freeze(elements(12).map((element) => Object.freeze(element))) });
    await new MeteringWriter(new MemoryStorage(), { sharedPoolId: "p", pageSizeBytes }).write(record);
    expect(record).toStrictEqual({ ...id, data: elements(12) });
  });

  it.each([
    ["a field", { ...id, selfId: "a-b", data: [] }],
    ["the last element of an array", { ...id, data: [...elements(99), { ru: { value: -1, unit: "RU" } }] }],
  ])("with a fault in %s is refused before anything is stored", async (_, record) => {
    const storage = withFaults(new MemoryStorage(), () => undefined);
    const writer = new MeteringWriter(storage, { pageSizeBytes });
    expect(await rejection(writer.write(record))).toMatchObject({ code: "invalid-record" });
    expect(Object.values(storage.counts)).toStrictEqual([0, 0, 0, 0, 0]);
  });

  it("with an invalid late element of an iterable gets no part 0", async () => {
    const storage = new MemoryStorage();
    const data = new Set([...elements(20), { f: () => 1 } as unknown as MeteringElement]);
    expect(await rejection(new MeteringWriter(storage, { pageSizeBytes }).write({ ...id, data }))).toMatchObject({
      code: "invalid-record",
    });
    expect(await storedKeys(storage)).not.toContain(keyOf(0));
  });

  it("with an element that no page of the Go SDK could hold is refused", async () => {
    const storage = new MemoryStorage();
    const data = [{ n: "x".repeat(104_857_600) }];
    expect(await rejection(new MeteringWriter(storage).write({ ...id, data }))).toMatchObject({
      code: "invalid-record",
    });
    expect(await storedKeys(storage)).toStrictEqual([]);
  });

  it("larger than the Go SDK's page limit gets several pages", async () => {
    const storage = new MemoryStorage();
    const data = Array.from({ length: 3 }, () => ({ n: "x".repeat(40_000_000) }));
    const options = { compressionLevel: 1, pageSizeBytes: 200_000_000 };
    const receipt = await new MeteringWriter(storage, options).write({ ...id, data });
    expect(receipt.parts.map((part) => part.elements)).toStrictEqual([2, 1]);
  });
});

describe("elements", () => {
  interface Usage {
    readonly value: number;
    readonly unit: string;
  }
  interface Row {
    readonly id: string;
    readonly ru: Usage;
  }

  it("may be declared as an interface", async () => {
    const row: Row = { id: "lc-1", ru: { value: 1, unit: "RU" } };
    const storage = new MemoryStorage();
    await new MeteringWriter(storage).write({ ...id, data: [row] });
    expect(await stored(storage)).toStrictEqual([[row]]);
  });

  it("of types that JSON cannot represent do not compile", async () => {
    const writer = new MeteringWriter(new MemoryStorage());
    // @ts-expect-error a date
    expect(await rejection(writer.write({ ...id, data: [{ at: new Date() }] }))).toMatchObject({
      code: "invalid-record",
    });
    // @ts-expect-error a function
    expect(await rejection(writer.write({ ...id, data: [{ at: () => 1 }] }))).toMatchObject({ code: "invalid-record" });
  });

  it("with a value that sums would not count are rejected unless allowed", async () => {
    const record = { ...id, data: [{ id: "lc-1", ru: { value: 1 } }] };
    const storage = new MemoryStorage();
    expect(await rejection(new MeteringWriter(storage).write(record))).toMatchObject({ code: "invalid-record" });
    await new MeteringWriter(storage, { uncountedValues: "allow" }).write(record);
    expect(await stored(storage)).toStrictEqual([record.data]);
  });
});

describe("the order of storing", () => {
  it("is part 1, then the others, then part 0", async () => {
    const order: string[] = [];
    const storage = withFaults(new MemoryStorage(), ({ verb, key }) => {
      if (verb === "put") order.push(key);
      return undefined;
    });
    await new MeteringWriter(storage, { pageSizeBytes }).write({ ...id, data: elements(30) });
    expect(order).toHaveLength(6);
    expect(order[0]).toBe(keyOf(1));
    expect(order.at(-1)).toBe(keyOf(0));
  });

  it("stores no part 0 if another part fails, names that part, and stops the rest", async () => {
    const storage = withFaults(new MemoryStorage(), ({ verb, key }) =>
      verb === "put" && key === keyOf(3) ? { before: "unavailable" } : undefined,
    );
    const writer = new MeteringWriter(storage, { pageSizeBytes, concurrency: 2 });
    const error = await rejection(writer.write({ ...id, data: elements(500) }));
    expect(error).toMatchObject({ code: "unavailable", key: keyOf(3), retryable: true });
    expect(storage.counts.put).toBeLessThan(8);
    expect(await storedKeys(storage)).not.toContain(keyOf(0));
  });

  it("does not advise verify on a store that cannot do it either", async () => {
    const storage = withFaults(new MemoryStorage(), ({ verb }) =>
      verb === "put" ? { before: "not-supported" } : undefined,
    );
    const error = await rejection(new MeteringWriter(storage).write({ ...id, data: elements(1) }));
    expect(error).toMatchObject({ code: "not-supported", stored: "maybe" });
    expect(String(error)).not.toContain("verify");
  });

  it.each([0, 1, 3, 5])("completes with verify what failed at part %s, stored or not", async (part) => {
    for (const when of ["before", "after"] as const) {
      const disk = new MemoryStorage();
      const failing = withFaults(disk, ({ verb, key }) =>
        verb === "put" && key === keyOf(part) ? { [when]: "timeout" } : undefined,
      );
      const record = { ...id, data: elements(30) };
      expect(await rejection(new MeteringWriter(failing, { pageSizeBytes }).write(record))).toMatchObject({
        code: "timeout",
      });
      const receipt = await new MeteringWriter(disk, { pageSizeBytes, ifExists: "verify" }).write(record);
      expect((await stored(disk)).flat()).toStrictEqual(elements(30));
      expect(receipt.parts).toHaveLength(6);
    }
  });

  it("ends with the signal's reason when aborted, with no part 0", async () => {
    const abort = new AbortController();
    const reason = new Error("enough");
    const storage = withFaults(new MemoryStorage(), ({ verb, count }) => {
      if (verb === "put" && count === 3) abort.abort(reason);
      return undefined;
    });
    const write = new MeteringWriter(storage, { pageSizeBytes, concurrency: 1 }).write(
      { ...id, data: elements(100) },
      { signal: abort.signal },
    );
    expect(await rejection(write)).toBe(reason);
    expect(await storedKeys(storage)).not.toContain(keyOf(0));
    expect(await rejection(new MeteringWriter(storage).write({ ...id, data: [] }, { signal: abort.signal }))).toBe(
      reason,
    );
  });
});

describe("a record that exists already", () => {
  const write = (
    storage: ObjectStorage,
    ifExists: IfExists,
    data: MeteringElement[],
    pageSize: number | undefined = pageSizeBytes,
  ) => new MeteringWriter(storage, { ifExists, pageSizeBytes: pageSize }).write({ ...id, data });

  it.each([
    [1, 1],
    [1, 30],
    [30, 1],
    [30, 30],
    [30, 60],
  ])("of %s elements is kept and the write rejected by default, whatever the new size (%s)", async (before, after) => {
    const storage = new MemoryStorage();
    await write(storage, "error", elements(before));
    const keys = await storedKeys(storage);
    expect(await rejection(write(storage, "error", elements(after, 500)))).toMatchObject({ code: "already-exists" });
    expect(await storedKeys(storage)).toStrictEqual(keys);
    expect((await stored(storage)).flat()).toStrictEqual(elements(before));
  });

  it.each([
    [1, 30],
    [30, 1],
    [30, 7],
    [7, 30],
  ])("of %s elements is replaced whole by one of %s with overwrite", async (before, after) => {
    const storage = new MemoryStorage();
    await write(storage, "error", elements(before));
    const receipt = await write(storage, "overwrite", elements(after, 500));
    expect((await stored(storage)).flat()).toStrictEqual(elements(after, 500));
    expect(await storedKeys(storage)).toHaveLength(receipt.parts.length);
    expect(receipt.parts[0]?.outcome).toBe("replaced");
    expect(receipt.parts.at(-1)?.outcome).toBe(after > before ? "created" : "replaced");
  });

  it("never has a part 0 with old and new pages mixed while it is overwritten", async () => {
    const disk = new MemoryStorage();
    await write(disk, "error", elements(30));
    for (let failAt = 1; failAt <= 12; failAt++) {
      let calls = 0;
      const storage = withFaults(disk, ({ verb }) =>
        (verb === "put" || verb === "delete") && ++calls === failAt ? { before: "unavailable" } : undefined,
      );
      await rejection(write(storage, "overwrite", elements(15, 500)));
      const now = (await stored(disk)).flat();
      expect([[], elements(30), elements(15, 500)]).toContainEqual(now);
    }
  });

  it.each([1, 30])("with the same %s elements counts as written under verify", async (count) => {
    const storage = new MemoryStorage();
    await write(storage, "error", elements(count));
    const receipt = await write(storage, "verify", elements(count));
    expect(new Set(receipt.parts.map((part) => part.outcome))).toStrictEqual(new Set(["unchanged"]));
    expect(receipt.elements).toBe(count);
  });

  it.each([
    [1, 1],
    [30, 30],
    [1, 30],
    [30, 1],
  ])("with %s other elements is refused with verify and left as it was (new: %s)", async (before, after) => {
    const storage = new MemoryStorage();
    await write(storage, "error", elements(before));
    const keys = await storedKeys(storage);
    expect(await rejection(write(storage, "verify", elements(after, 500)))).toMatchObject({ code: "already-exists" });
    expect(await storedKeys(storage)).toStrictEqual(keys);
  });

  it("that is longer with the same first pages is rejected by verify", async () => {
    const storage = new MemoryStorage();
    await write(storage, "error", elements(30));
    expect(await rejection(write(storage, "verify", elements(15)))).toMatchObject({ code: "already-exists" });
    expect(await rejection(write(storage, "verify", elements(5)))).toMatchObject({ code: "already-exists" });
    expect((await stored(storage)).flat()).toStrictEqual(elements(30));
  });

  it("with an unreadable file is not taken as equal by verify", async () => {
    const storage = new MemoryStorage();
    await storage.put(keyOf(0), Buffer.from("not a page"));
    expect(await rejection(write(storage, "verify", elements(1)))).toMatchObject({
      code: "already-exists",
      key: keyOf(0),
    });
  });

  it("in part, from an interrupted write of other data, is never mixed with a new one", async () => {
    for (const ifExists of ["error", "verify"] as const) {
      const disk = new MemoryStorage();
      const failing = withFaults(disk, ({ verb, key }) =>
        verb === "put" && key === keyOf(0) ? { before: "unavailable" } : undefined,
      );
      await rejection(write(failing, "error", elements(30)));
      const leftovers = await storedKeys(disk);

      // Other pages are refused, and the error says what is stored there.
      const error = await rejection(write(disk, ifExists, elements(12, 500)));
      expect(error).toMatchObject({ code: "already-exists", key: keyOf(1), stored: "no" });
      expect(await storedKeys(disk)).toStrictEqual(leftovers);

      // One page needs none of them, and they do not count.
      await write(disk, ifExists, elements(3, 500));
      expect((await stored(disk)).flat()).toStrictEqual(elements(3, 500));
      await write(disk, "overwrite", elements(3, 500));
      expect(await storedKeys(disk)).toStrictEqual([keyOf(0)]);
    }
  });

  it("that shares its first pages with a longer one is not changed by writing that", async () => {
    for (const ifExists of ["error", "verify"] as const) {
      const storage = new MemoryStorage();
      await write(storage, "verify", elements(15));
      const changed = [...elements(10), ...elements(20, 500)];
      for (const data of [elements(30), elements(16), elements(10), changed]) {
        expect(await rejection(write(storage, ifExists, data))).toMatchObject({ code: "already-exists" });
        expect((await stored(storage)).flat()).toStrictEqual(elements(15));
      }
    }
  });

  it("of one page is not extended by a write that begins with the same elements", async () => {
    const storage = new MemoryStorage();
    await write(storage, "error", elements(5));
    expect(await rejection(write(storage, "verify", elements(6)))).toMatchObject({ code: "already-exists" });
    expect((await stored(storage)).flat()).toStrictEqual(elements(5));
  });

  it("of which a page was deleted is reported by verify and restored by overwrite", async () => {
    const storage = new MemoryStorage();
    await write(storage, "error", elements(30));
    await storage.delete(keyOf(2));
    expect(await rejection(write(storage, "verify", elements(30)))).toMatchObject({
      code: "incomplete-record",
      key: keyOf(2),
    });
    await write(storage, "overwrite", elements(30));
    expect((await stored(storage)).flat()).toStrictEqual(elements(30));
  });

  it("needs no permission to delete, unless it is overwritten", async () => {
    const disk = new MemoryStorage();
    const storage = withFaults(disk, ({ verb }) => (verb === "delete" ? { before: "permission-denied" } : undefined));
    await write(storage, "error", elements(30));
    await write(storage, "verify", elements(30));
    expect(await rejection(write(storage, "verify", elements(12, 500)))).toMatchObject({ code: "already-exists" });
    expect(await rejection(write(storage, "overwrite", elements(12, 500)))).toMatchObject({
      code: "permission-denied",
    });
    expect((await stored(disk)).flat()).toStrictEqual(elements(30));
  });

  it("by the Go SDK, without a manifest, is never extended", async () => {
    const storage = new MemoryStorage();
    await storage.put(keyOf(0), gzipSync('{"data":[{"n":"go"}]}'));
    for (const ifExists of ["error", "verify"] as const) {
      expect(await rejection(write(storage, ifExists, elements(30)))).toMatchObject({ code: "already-exists" });
    }
    expect(await storedKeys(storage)).toStrictEqual([keyOf(0)]);
  });
});

const failing = (failedKey: string, fault: Fault) =>
  withFaults(new MemoryStorage(), ({ verb, key }) => (verb === "put" && key === failedKey ? fault : undefined));

describe("a rejected write says whether the record may be stored", () => {
  const record = { ...id, data: elements(12) };

  it.each([
    ["no", "a page could not be stored", keyOf(1), { before: "unavailable" }],
    ["no", "the answer about a page was lost", keyOf(2), { after: "timeout" }],
    ["maybe", "part 0 could not be stored", keyOf(0), { before: "throttled" }],
    ["maybe", "the answer about part 0 was lost", keyOf(0), { after: "timeout" }],
    // The credentials may have expired after an attempt whose answer was lost.
    ["maybe", "part 0 was refused", keyOf(0), { before: "unauthenticated" }],
  ] as const)("%s: %s", async (answer, _, key, fault) => {
    const error = await rejection(new MeteringWriter(failing(key, fault), { pageSizeBytes }).write(record));
    expect(error).toMatchObject({ stored: answer });
  });

  it("no: other data is stored under its key", async () => {
    const storage = new MemoryStorage();
    await new MeteringWriter(storage).write({ ...id, data: elements(1) });
    for (const ifExists of ["error", "verify"] as const) {
      const error = await rejection(new MeteringWriter(storage, { ifExists }).write(record));
      expect(error).toMatchObject({ code: "already-exists", stored: "no" });
    }
  });

  it("maybe: this data is stored under its key, and it may come from an earlier attempt", async () => {
    for (const data of [elements(1), elements(12)]) {
      const storage = new MemoryStorage();
      const writer = new MeteringWriter(storage, { pageSizeBytes });
      await writer.write({ ...id, data });
      expect(await rejection(writer.write({ ...id, data }))).toMatchObject({ code: "already-exists", stored: "maybe" });
    }
  });

  it("no: it is invalid", async () => {
    const data = [{ ru: { value: -1, unit: "RU" } }];
    expect(await rejection(new MeteringWriter(new MemoryStorage()).write({ ...id, data }))).toMatchObject({
      code: "invalid-record",
      stored: "no",
    });
  });
});

describe("writers of one record at once", () => {
  it.each([undefined, pageSizeBytes])(
    "have one winner, and the others get already-exists (page size %s)",
    async (pageSize) => {
      for (let round = 0; round < 20; round++) {
        const storage = new MemoryStorage();
        const writers = Array.from({ length: 8 }, (_, i) =>
          new MeteringWriter(storage, { pageSizeBytes: pageSize }).write({ ...id, data: elements(30, i * 1000) }),
        );
        const results = await Promise.allSettled(writers);
        const winners = results.flatMap(({ status }, i) => (status === "fulfilled" ? [i] : []));
        expect(winners).toHaveLength(1);
        for (const result of results) {
          if (result.status === "rejected") expect(isMeteringError(result.reason, "already-exists")).toBe(true);
        }
        expect((await stored(storage)).flat()).toStrictEqual(elements(30, (winners[0] ?? 0) * 1000));
      }
    },
  );

  it("that all retry the same record with verify all succeed, and it is stored once", async () => {
    const storage = new MemoryStorage();
    const writer = new MeteringWriter(storage, { pageSizeBytes, ifExists: "verify" });
    await Promise.all(Array.from({ length: 8 }, () => writer.write({ ...id, data: elements(30) })));
    expect((await stored(storage)).flat()).toStrictEqual(elements(30));
    expect(await storedKeys(storage)).toHaveLength(6);
  });

  it("never mix their pages if one has one page and the other several, in any order", async () => {
    for (let stopAt = 1; stopAt <= 12; stopAt++) {
      const disk = new MemoryStorage();
      const short = new MeteringWriter(disk, { pageSizeBytes });
      let calls = 0;
      let shortWrite: Promise<unknown> | undefined;
      // The short record is written whole between any two requests of the long one's writer.
      const storage = withFaults(disk, () => undefined);
      const interrupted = overriding(storage, {
        async put(...args) {
          if (++calls === stopAt) await (shortWrite = rejection(short.write({ ...id, data: elements(1, 500) })));
          return storage.put(...args);
        },
        async head(...args) {
          const found = await storage.head(...args);
          if (++calls === stopAt) await (shortWrite = rejection(short.write({ ...id, data: elements(1, 500) })));
          return found;
        },
      });
      const long = await rejection(
        new MeteringWriter(interrupted, { pageSizeBytes, concurrency: 1 }).write({ ...id, data: elements(30) }),
      );
      const shortError = await shortWrite;
      for (const error of [long, shortError]) {
        if (error !== undefined) expect(error).toMatchObject({ code: "already-exists" });
      }
      if (shortWrite === undefined) continue;
      expect([long, shortError].filter((error) => error === undefined)).toHaveLength(1);
      expect((await stored(disk)).flat()).toStrictEqual(long === undefined ? elements(30) : elements(1, 500));
      // Readers that do not know the manifest would count pages beyond those of the winner.
      if (long !== undefined) expect(await storedKeys(disk)).toStrictEqual([keyOf(0)]);
    }
  });

  it("leave the pages that they share with the winner", async () => {
    const disk = new MemoryStorage();
    const winner = [...elements(5, 500), ...elements(10, 5)];
    let winning: Promise<unknown> | undefined;
    // The winner has another part 0 and adopts parts 1 and 2.
    const storage = overriding(disk, {
      async put(...args) {
        if (args[0] === keyOf(0))
          await (winning ??= new MeteringWriter(disk, { pageSizeBytes }).write({ ...id, data: winner }));
        return disk.put(...args);
      },
    });
    const loser = await rejection(new MeteringWriter(storage, { pageSizeBytes }).write({ ...id, data: elements(15) }));
    expect(loser).toMatchObject({ code: "already-exists" });
    expect((await stored(disk)).flat()).toStrictEqual(winner);
  });

  it("that overwrite it concurrently never leave a mixture, and a writer that detects one reports it", async () => {
    const disk = new MemoryStorage();
    let other: Promise<unknown> | undefined;
    const storage = overriding(disk, {
      async put(...args) {
        const result = await disk.put(...args);
        if (args[0] === keyOf(2)) {
          other ??= new MeteringWriter(disk, { pageSizeBytes, ifExists: "overwrite" }).write({
            ...id,
            data: elements(15, 500),
          });
          await other;
        }
        return result;
      },
    });
    const first = await rejection(
      new MeteringWriter(storage, { pageSizeBytes, ifExists: "overwrite" }).write({ ...id, data: elements(15) }),
    );
    expect(first).toMatchObject({ code: "conflict", stored: "maybe" });
    expect(await stored(disk)).toStrictEqual([]);
  });
});

describe("options", () => {
  it.each([
    { pageSizeBytes: 0 },
    { pageSizeBytes: 1.5 },
    { ifExists: "maybe" },
    { concurrency: 0 },
    { compressionLevel: 10 },
    { sharedPoolId: "a/b" },
    { sharedPool: "misspelt" },
    { uncountedValues: "ignore" },
    { logger: {} },
    null,
  ])("%j are refused when the writer is made", (options) => {
    expect(() => new MeteringWriter(new MemoryStorage(), options as never)).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  });
});
