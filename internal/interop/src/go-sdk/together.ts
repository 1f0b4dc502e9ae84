import type { MeteringError } from "@metering/core";
import { MeteringReader } from "@metering/reader";
import { collect } from "@metering/test-helpers";
import { MeteringWriter } from "@metering/writer";
import { describe, expect, test } from "vitest";
import { minute } from "../sample.ts";
import { filesBySelfId, pool, type CreatePlace } from "./place.ts";
import { startGoSdk } from "./program.ts";

const minutes = [0, 1, 2].map((i) => minute + 60 * i);
const range = { from: minute, to: minute + 180 };
const pageSizeBytes = 300;

const recordsOf = (writer: string) =>
  Array.from({ length: 60 }, (_, index) => ({
    timestamp: minutes[index % 3] ?? minute,
    category: "tidb-server",
    sharedPoolId: pool,
    selfId: `${writer}_${index}`,
    data: Array.from({ length: 20 }, (_element, i) => ({ id: `lc-${i}`, a: { value: index * 100 + i, unit: "B" } })),
  }));

export function testTogether(createPlace: CreatePlace): void {
  describe("both write into the same minutes while both read them", () => {
    test("we never give a part of our records, Go never fails on our files, and in the end all is there", async () => {
      const { ours, go } = await createPlace();
      await using writingSdk = startGoSdk(go);
      await using readingSdk = startGoSdk(go);
      const [written, writtenByGo] = [recordsOf("ours"), recordsOf("go")];
      const dataOf = new Map([...written, ...writtenByGo].map(({ selfId, data }) => [selfId, data]));
      const end = new AbortController();
      let reads = 0;

      const write = async () => {
        const byGo = writtenByGo.map(({ selfId, sharedPoolId, ...record }) =>
          writingSdk.write({ ...record, self_id: selfId, shared_pool_id: sharedPoolId }, pageSizeBytes),
        );
        const writer = new MeteringWriter(ours, { pageSizeBytes });
        for (const record of written) await writer.write(record);
        await Promise.all(byGo);
        end.abort();
      };
      const read = async () => {
        while (!end.signal.aborted) {
          const findings: MeteringError[] = [];
          const scan = new MeteringReader(ours).scan(range, {
            incomplete: "skip",
            onFinding: (finding) => findings.push(finding),
          });
          for await (const { selfId, state, data } of scan) {
            if (state === "complete") expect(data).toEqual(dataOf.get(selfId));
          }
          // Go stores files on a disk by and by.
          for (const { code, key = "" } of findings) if (code !== "incomplete-record") expect(key).toContain("/go_");
          reads++;
        }
      };
      const readByGo = async () => {
        while (!end.signal.aborted) {
          for (const timestamp of minutes) {
            const paths = (await readingSdk.list(timestamp)).filter((path) => path.includes("/ours_"));
            const pages = await readingSdk.read(paths);
            for (const { self_id: selfId, data } of pages) {
              expect(dataOf.get(selfId)).toEqual(expect.arrayContaining([...(data ?? [])]));
            }
          }
        }
      };
      await Promise.all([write(), read(), readByGo()]);

      expect(reads).toBeGreaterThan(1);
      const all = await collect(new MeteringReader(ours).scan(range));
      expect(new Map(all.map(({ selfId, data }) => [selfId, data]))).toEqual(dataOf);
      for (const timestamp of minutes) {
        for (const [selfId, paths] of filesBySelfId(await readingSdk.list(timestamp))) {
          const pages = await readingSdk.read(paths);
          expect(pages.flatMap(({ data }) => data)).toEqual(dataOf.get(selfId));
        }
      }
    });
  });
}
