/** Digits in groups of three, such as `18,446,744,073,709,551,615`. Exact. */
export function grouped(value: number | bigint): string {
  return value.toLocaleString("en-US");
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
