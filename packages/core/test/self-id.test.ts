import { buildMeteringKey, componentOf, newSelfId } from "@metering/core";
import fc from "fast-check";
import { expect, it } from "vitest";

it("a self id made from a host name is valid and contains its component", () => {
  const selfId = newSelfId("gateway-7f9c-x1.eu");
  expect(() => buildMeteringKey({ timestamp: 60, category: "c", selfId, part: 0 })).not.toThrow();
  expect(componentOf(selfId)).toBe("gateway_7f9c_x1.eu");
});

it("no two runs of a component have the same self id", () => {
  const runs = Array.from({ length: 10_000 }, () => newSelfId("gw01"));
  expect(new Set(runs).size).toBe(runs.length);
  expect(new Set(runs.map(componentOf))).toStrictEqual(new Set(["gw01"]));
});

it("any name gives a valid self id of that component or is rejected", () => {
  let made = 0;
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (name) => {
      let selfId: string;
      try {
        selfId = newSelfId(name);
      } catch (error) {
        expect(error).toMatchObject({ code: "invalid-argument" });
        return;
      }
      made++;
      expect(() => buildMeteringKey({ timestamp: 60, category: "c", selfId, part: 0 })).not.toThrow();
      expect(componentOf(selfId)).toHaveLength(name.length);
    }),
  );
  expect(made).toBeGreaterThan(50);
});

it("a custom self id is its own component", () => {
  for (const selfId of ["tidb01", "a__b", "10.0.0.1:4000", "x__0123456789"]) expect(componentOf(selfId)).toBe(selfId);
});
