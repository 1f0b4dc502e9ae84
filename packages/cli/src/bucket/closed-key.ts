/** What the key of a file of a closed day says. */
export interface ClosedKey {
  /** UTC day, such as `2025-08-22`. */
  readonly day: string;
  readonly file: "manifest" | "table";
}

const manifest = /^metering\/closed\/manifests\/day=(\d{4}-\d{2}-\d{2})\/(?:0|[1-9]\d*)\.json$/;
const table =
  /^metering\/closed\/(?:usage|sources|hourly|daily)\/day=(\d{4}-\d{2}-\d{2})\/\1\.(?:0|[1-9]\d*)\.[0-9a-f]{16}\.(?:0|[1-9]\d*)\.parquet$/;

/** `undefined` for any other key. */
export function parseClosedKey(key: string): ClosedKey | undefined {
  const ofManifest = manifest.exec(key)?.[1];
  if (ofManifest !== undefined) return { day: ofManifest, file: "manifest" };
  const ofTable = table.exec(key)?.[1];
  return ofTable === undefined ? undefined : { day: ofTable, file: "table" };
}
