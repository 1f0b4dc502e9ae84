const prefixes = ["", "k", "M", "G", "T", "P", "E", "Z", "Y"] as const;

/** About how much, for axes, such as `18.4 E`. Exact amounts are written out elsewhere. */
export function shortAmount(value: bigint): string {
  let thousands = 0;
  let divisor = 1n;
  while (value / divisor >= 1000n && thousands < prefixes.length - 1) {
    divisor *= 1000n;
    thousands++;
  }
  const tenths = (value * 10n) / divisor;
  const text = thousands === 0 || tenths % 10n === 0n ? `${tenths / 10n}` : `${tenths / 10n}.${tenths % 10n}`;
  return `${text} ${prefixes[thousands] ?? ""}`.trimEnd();
}
