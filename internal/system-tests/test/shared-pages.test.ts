import { isMeteringError } from "@metering/core";
import { MeteringReader } from "@metering/reader";
import { expect, test } from "vitest";
import { createFolder, openPlace } from "./places.ts";
import { elementsOf, writeRecord, type WholeRecord } from "./work.ts";

const timestamp = 1_755_850_380;
const rounds = 20;

/** Records under one key, two elements a page. Each has a page of its own, at another place; the rest are equal pages. */
function recordsOf(round: number): readonly WholeRecord[] {
  const common = elementsOf("common", 10);
  return ["a", "b", "c", "d"].map((racer, own) => ({
    timestamp,
    category: "race",
    selfId: `r${round}`,
    data: common.flatMap((element, i) => {
      if (Math.floor(i / 2) !== own) return [element];
      return i % 2 === 0 ? elementsOf(`from-${racer}`, 2) : [];
    }),
    pageSizeBytes: 250,
  }));
}

test("of concurrent writers on a local disk whose records share pages, one is stored whole, and writing again changes nothing", async () => {
  await using folder = await createFolder();
  await using storage = await openPlace(folder.place);
  for (let round = 0; round < rounds; round++) {
    const records = recordsOf(round);
    const modes = records.map((_, i): "error" | "verify" => ((round + i) % 2 === 0 ? "error" : "verify"));
    const write = async (record: WholeRecord, mode: "error" | "verify"): Promise<string> => {
      try {
        await writeRecord(storage, record, mode);
        return "stored";
      } catch (error) {
        if (!isMeteringError(error)) throw error;
        return error.code;
      }
    };
    const read = async () =>
      (await new MeteringReader(storage).readRecord({ timestamp, category: "race", selfId: `r${round}` })).data;

    const outcomes = await Promise.all(records.map((record, i) => write(record, modes[i] ?? "error")));
    expect([...outcomes].sort()).toStrictEqual(["already-exists", "already-exists", "already-exists", "stored"]);
    const winner = records[outcomes.indexOf("stored")];
    expect(await read()).toEqual(winner?.data);

    const again = await Promise.all(records.map((record) => write(record, "verify")));
    expect(again).toStrictEqual(outcomes);
    expect(await read()).toEqual(winner?.data);
  }
});
