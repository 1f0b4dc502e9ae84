/** The tables of closed periods. Each lies in a folder of its own, by day, as SQL engines expect it. */
export type TableName = "usage" | "sources" | "hourly" | "daily";

export const tableNames = ["usage", "sources", "hourly", "daily"] as const satisfies readonly TableName[];

/** Everything that closing stores lies below it. The Go SDK never looks there. */
const root = "metering/closed/";

/** Prefix of the manifests of one day, or of all. */
export function manifestPrefix(day?: string): string {
  return day === undefined ? `${root}manifests/day=` : `${root}manifests/day=${day}/`;
}

/** Where the manifest of a closing is stored: number 0 closed the day, the others are additions. */
export function manifestKey(day: string, number: number): string {
  return `${manifestPrefix(day)}${number}.json`;
}

/** The day and the number in the key of a manifest; `undefined` for any other key. */
export function parseManifestKey(key: string): { readonly day: string; readonly number: number } | undefined {
  const match = /^metering\/closed\/manifests\/day=(\d{4}-\d{2}-\d{2})\/(0|[1-9]\d{0,8})\.json$/.exec(key);
  const [, day, number] = match ?? [];
  return day === undefined || number === undefined ? undefined : { day, number: Number(number) };
}

/** Makes the id of a closing. No other attempt has the same, so attempts never touch each other's files. */
export function newClosingId(day: string, number: number): string {
  const random = crypto.getRandomValues(new Uint8Array(8));
  const hex = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${day}.${number}.${hex}`;
}

/** Where a file of a closing is stored. */
export function tableKey(table: TableName, day: string, closing: string, index: number): string {
  return `${root}${table}/day=${day}/${closing}.${index}.parquet`;
}

/** Prefix of the files of all attempts at one closing. */
export function attemptPrefix(table: TableName, day: string, number: number): string {
  return `${root}${table}/day=${day}/${day}.${number}.`;
}
