import { expect, test } from "vitest";
import { crc64 } from "../src/crc64.ts";

test("the checksum is that of CRC-64/XZ, as a decimal number", () => {
  expect(crc64(new TextEncoder().encode("123456789"))).toBe(String(0x995dc9bbdf1939fan));
  expect(crc64(new Uint8Array(0))).toBe("0");
});
