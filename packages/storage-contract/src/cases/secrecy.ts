import { expect, test } from "vitest";
import type { Subject } from "../fixture.ts";
import { rejectionOf } from "../rejection.ts";
import { expectNoSecrets } from "../secrets.ts";

export function testSecrecy({ onFixture }: Subject): void {
  test(
    "name says what the storage is, and no credentials show in it, in errors or in an inspection",
    onFixture(async (fixture) => {
      const storage = await fixture.open({ prefix: "some/prefix" });
      expect(storage.name).toMatch(/\S/);
      const notFound = await rejectionOf(() => storage.get("missing"));
      await storage.close();
      const closed = await rejectionOf(() => storage.get("missing"));
      const { name, id } = storage;
      expectNoSecrets(fixture.secrets, {
        "the storage's name": name,
        "the storage's id": id,
        "an inspection of the storage": storage,
        "the error of a missing object": notFound,
        "the error of a closed storage": closed,
      });
    }),
  );
}
