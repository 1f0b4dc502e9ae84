/** Digits in groups of three, such as `18,446,744,073,709,551,615`. Exact. */
export function grouped(value: number | bigint): string {
  return value.toLocaleString("en-US");
}

const byteUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** A size for people, such as `1.4 MiB`. */
export function sizeOf(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  while (amount >= 1024 && unit < byteUnits.length - 1) {
    amount /= 1024;
    unit++;
  }
  return `${unit === 0 ? String(amount) : amount.toFixed(1)} ${byteUnits[unit] ?? ""}`;
}

/** `1 record`, `2,000 records`. */
export function counted(count: number | bigint, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 || count === 1n ? one : many}`;
}

/** How long something takes, such as `40 s`, `3 min` or `2 h 5 min`. */
export function durationOf(seconds: number): string {
  if (seconds < 100) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
