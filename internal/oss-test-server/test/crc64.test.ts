import { expect, test } from "vitest";
import { crc64 } from "../src/crc64.ts";

test("the check value of CRC-64/XZ", () => {
  expect(crc64(Buffer.from("123456789"))).toBe(String(0x995dc9bbdf1939fan));
  expect(crc64(Buffer.alloc(0))).toBe("0");
});
