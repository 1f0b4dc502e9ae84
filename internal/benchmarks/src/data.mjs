// The records that are measured: those of the paging example of the Go SDK, and the same with values that compress badly.

const names = [
  ["compute_seconds", 3600, 100, "seconds"],
  ["memory_mb", 4096, 512, "MB"],
  ["storage_gb", 100, 10, "GB"],
  ["network_in_bytes", 1_073_741_824, 104_857_600, "bytes"],
  ["network_out_bytes", 536_870_912, 52_428_800, "bytes"],
  ["disk_read_iops", 1000, 50, "iops"],
  ["disk_write_iops", 800, 40, "iops"],
  ["cpu_utilization", 750, 10, "permille"],
];

/** Regular values, growing by steps. */
export function regularElement(i) {
  const element = { logical_cluster_id: `lc-large-${String(i + 1).padStart(3, "0")}` };
  for (const [name, first, step, unit] of names) element[name] = { value: first + i * step, unit };
  return element;
}

/** Random values of up to 2^53−1, from a fixed seed. */
export function randomElement(i) {
  const element = { logical_cluster_id: `lc-${hash(i)}` };
  for (const [n, [name, , , unit]] of names.entries()) {
    element[name] = { value: hash(i * 8 + n) * 2 ** 21 + (hash(i * 8 + n + 1) >>> 11), unit };
  }
  return element;
}

function hash(n) {
  let h = Math.imul(n + 1, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

export const elementsOf = (count, kind, first = 0) =>
  Array.from({ length: count }, (_, i) => (kind === "random" ? randomElement(first + i) : regularElement(first + i)));

/** Bytes of the elements' JSON. */
export const jsonBytes = (elements) => elements.reduce((sum, element) => sum + JSON.stringify(element).length, 0);

export const minute = 1_755_850_380;
export const mebibyte = 1024 * 1024;
