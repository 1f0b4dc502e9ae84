// The table of the reflected polynomial of ECMA-182, each entry as its upper and lower 32 bits.
const table = Array.from({ length: 256 }, (_, byte) => {
  let crc = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0xc96c5795d7870f42n : crc >> 1n;
  return crc;
});
const upper = Uint32Array.from(table, (entry) => Number(entry >> 32n));
const lower = Uint32Array.from(table, (entry) => Number(entry & 0xffffffffn));

/** CRC-64 as OSS sends it in `x-oss-hash-crc64ecma`: a decimal number. */
export function crc64(body: Uint8Array): string {
  let [high, low] = [0xffffffff, 0xffffffff];
  for (const byte of body) {
    const index = (low ^ byte) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ (lower[index] ?? 0);
    high = (high >>> 8) ^ (upper[index] ?? 0);
  }
  return String((BigInt(~high >>> 0) << 32n) | BigInt(~low >>> 0));
}
