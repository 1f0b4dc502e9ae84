const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

/** A bar of up to `width` characters, in eighths of one. */
export function bar(value: bigint, largest: bigint, width: number): string {
  if (largest <= 0n || value <= 0n) return "";
  const parts = Number((value * BigInt(width * 8)) / largest);
  return "█".repeat(Math.floor(parts / 8)) + (eighths[parts % 8] ?? "");
}
