import { meteringValue } from "@metering/core";
import { expect, it } from "vitest";

it.each([0, 2 ** 53 - 1, 0n, 2n ** 64n - 1n])("an amount of %s has its unit", (value) => {
  expect(meteringValue(value, "bytes")).toStrictEqual({ value, unit: "bytes" });
});

it.each([-1, -0, 1.5, 2 ** 53, Number.NaN, -1n, 2n ** 64n])("%s is not an amount", (value) => {
  expect(() => meteringValue(value, "bytes")).toThrow(expect.objectContaining({ code: "invalid-argument" }));
});

it("an amount needs a unit", () => {
  expect(() => meteringValue(1, "")).toThrow(expect.objectContaining({ code: "invalid-argument" }));
});
