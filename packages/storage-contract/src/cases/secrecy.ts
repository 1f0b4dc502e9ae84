import { inspect } from "node:util";
import { expect, test } from "vitest";
import type { Subject } from "../fixture.ts";
import { rejectionOf } from "../rejection.ts";

export function testSecrecy({ onFixture }: Subject): void {
  test(
    "name says what the storage is, and no credentials show in it, in errors or in an inspection",
    onFixture(async (fixture) => {
      const storage = await fixture.open({ prefix: "some/prefix" });
      expect(storage.name).toMatch(/\S/);
      const notFound = await rejectionOf(() => storage.get("missing"));
      await storage.close();
      const closed = await rejectionOf(() => storage.get("missing"));
      const shown = [storage, notFound, closed].flatMap((value) => [
        inspect(value, { depth: 10, showHidden: true }),
        JSON.stringify(value),
        String(value),
      ]);
      for (const text of [storage.name, storage.id, ...shown]) {
        for (const secret of fixture.secrets) {
          expect(text.includes(secret), "whether a secret shows").toBe(false);
        }
      }
    }),
  );
}
