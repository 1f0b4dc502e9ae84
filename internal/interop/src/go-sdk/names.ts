import { MeteringReader } from "@metering/reader";
import { collect } from "@metering/test-helpers";
import { MeteringWriter } from "@metering/writer";
import { describe, expect, test } from "vitest";
import { minute } from "../sample.ts";
import type { CreatePlace } from "./place.ts";
import { startGoSdk } from "./program.ts";

export function testNames(createPlace: CreatePlace): void {
  describe("names that Go allows and our writer refuses", () => {
    test.each(["10.0.0.1:4000", "a\\b", "*?", '<"|">'])("%j is read by us, in a scan and by its name", async (name) => {
      const { ours, go } = await createPlace();
      await using sdk = startGoSdk(go);
      const id = { timestamp: minute, category: name, selfId: name };
      const data = [{ a: { value: 1, unit: "B" } }];
      await sdk.write({ timestamp: minute, category: name, self_id: name, shared_pool_id: name, data });
      const reader = new MeteringReader(ours);
      const expected = { ...id, sharedPoolId: name, data };
      expect(await collect(reader.scan({ from: minute, to: minute + 60 }))).toMatchObject([expected]);
      expect(await reader.readRecord({ ...id, sharedPoolId: name })).toMatchObject(expected);
      await expect(new MeteringWriter(ours).write({ ...id, data })).rejects.toMatchObject({ code: "invalid-record" });
    });
  });
}
