const polynomial = 0xc96c5795d7870f42n;
const table = Array.from({ length: 256 }, (_, byte) => {
  let crc = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ polynomial : crc >> 1n;
  return crc;
});

/** CRC-64 of ECMA-182 as OSS sends it in `x-oss-hash-crc64ecma`: a decimal number. Written to be read, not fast. */
export function crc64(body: Uint8Array): string {
  let crc = 0xffffffffffffffffn;
  for (const byte of body) crc = (table[Number((crc ^ BigInt(byte)) & 0xffn)] ?? 0n) ^ (crc >> 8n);
  return String(crc ^ 0xffffffffffffffffn);
}
