import { inspect } from "node:util";
import { expect, test } from "vitest";
import type { Subject } from "../place.ts";
import { rejectionOf } from "../rejection.ts";
import { bytesOf } from "../samples.ts";

export function testSecrecy({ onPlace }: Subject): void {
  test(
    "name says what the storage is, and no credentials show in it, in errors or in an inspection",
    onPlace(async (place) => {
      const storage = await place.open({ prefix: "some/prefix" });
      expect(storage.name).toMatch(/\S/);
      const errors = await Promise.all([
        rejectionOf(() => storage.get("missing")),
        rejectionOf(() => storage.put("../invalid", bytesOf("body"))),
      ]);
      const shown = [storage, ...errors].flatMap((value) => [
        inspect(value, { depth: 10, showHidden: true }),
        JSON.stringify(value),
        String(value),
      ]);
      for (const text of [storage.name, ...shown]) {
        for (const secret of place.secrets) {
          expect(text.includes(secret), "whether a secret shows").toBe(false);
        }
      }
    }),
  );
}
