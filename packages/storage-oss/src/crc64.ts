// CRC-64 of ECMA-182, reflected as in XZ, in two halves of 32 bits: BigInt would be tens of times slower.
const high = new Uint32Array(256);
const low = new Uint32Array(256);

for (let byte = 0; byte < 256; byte++) {
  let h = 0;
  let l = byte;
  for (let bit = 0; bit < 8; bit++) {
    const isOdd = (l & 1) === 1;
    l = (l >>> 1) | (h << 31);
    h >>>= 1;
    if (isOdd) {
      h ^= 0xc96c5795;
      l ^= 0xd7870f42;
    }
  }
  high[byte] = h;
  low[byte] = l;
}

/** The checksum of OSS's `x-oss-hash-crc64ecma` header: a decimal number. */
export function crc64(body: Uint8Array): string {
  let h = ~0;
  let l = ~0;
  for (let i = 0; i < body.length; i++) {
    const index = (l ^ (body[i] ?? 0)) & 0xff;
    l = ((l >>> 8) | (h << 24)) ^ (low[index] ?? 0);
    h = (h >>> 8) ^ (high[index] ?? 0);
  }
  return String((BigInt(~h >>> 0) << 32n) | BigInt(~l >>> 0));
}
