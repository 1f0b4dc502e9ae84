/** A moment in UTC as `2025-08-22T08:00`, with seconds where it has any. The reverse of how times are given to a command. */
export function formatMoment(seconds: number): string {
  const text = new Date(seconds * 1000).toISOString();
  return text.slice(0, seconds % 60 === 0 ? 16 : 19);
}

/** A range in UTC, without what both ends share: `2025-08-22T08:00 to 09:00`. The end is not part of it. */
export function formatRange(from: number, to: number): string {
  const [start, end] = [formatMoment(from), formatMoment(to)];
  return `${start} to ${start.slice(0, 10) === end.slice(0, 10) ? end.slice(11) : end}`;
}
