import { isMeteringError } from "@metering/core";
import { expect, test } from "vitest";
import type { Subject } from "../fixture.ts";
import { collect, expectSameBytes } from "../samples.ts";

/** Bodies of one repeated byte and a length that tells which it is, so that mixtures are noticed. */
const bodyOf = (writer: number): Uint8Array => new Uint8Array(20_000 + writer * 1_111).fill(writer + 1);

const sizes = [0, 1, 2, 3].map((writer) => bodyOf(writer).byteLength);

function expectWhole(body: Uint8Array): void {
  const writer = (body[0] ?? 0) - 1;
  expectSameBytes(body, bodyOf(writer));
}

export function testAtomicity({ onFixture, raceRounds }: Subject): void {
  const rounds = Math.ceil(raceRounds / 10);

  test(
    `concurrent puts of one key leave one body whole, and a reader never sees a mixture or a part (${rounds} rounds)`,
    onFixture(async (fixture) => {
      const [first, second, reader] = [await fixture.open(), await fixture.open(), await fixture.open()];
      const key = "contended/key";
      for (let round = 0; round < rounds; round++) {
        const puts = [0, 1, 2, 3].map((writer) => (writer % 2 === 0 ? first : second).put(key, bodyOf(writer)));
        const reads = [0, 1, 2].map(() => reader.get(key).catch((error: unknown) => error));
        const listing = collect(reader.list(""));
        for (const read of await Promise.all(reads)) {
          if (read instanceof Uint8Array) expectWhole(read);
          else expect(round === 0 && isMeteringError(read, "not-found"), `got ${String(read)}`).toBe(true);
        }
        for (const listed of await listing) {
          expect(listed.key, "a key that a listing yields while its object is put").toBe(key);
          expect(sizes, "sizes that a listing may yield while the object is put").toContain(listed.size);
        }
        await Promise.all(puts);
        expectWhole(await reader.get(key));
        expect(sizes).toContain((await reader.head(key))?.size);
      }
    }),
  );

  test(
    `put and delete at once leave the whole object or none (${rounds} rounds)`,
    onFixture(async (fixture) => {
      const [writer, remover] = [await fixture.open(), await fixture.open()];
      for (let round = 0; round < rounds; round++) {
        await Promise.all([writer.put("key", bodyOf(1)), remover.delete("key")]);
        const body = await writer.get("key").catch((error: unknown) => error);
        if (body instanceof Uint8Array) expectWhole(body);
        else expect(isMeteringError(body, "not-found"), `got ${String(body)}`).toBe(true);
        await writer.delete("key");
      }
    }),
  );
}
