import type { MeteringError, ObjectStorage } from "@metering/core";
import { listFolder } from "./list-folder.ts";
import type { Waiting } from "./waiting.ts";

/** Where files lie that can never be shipped, below it under their own keys. */
export const parkedFolder = "spool/parked/";

const encoder = new TextEncoder();

/** Moves the files out of the way, with the reason beside them. They are copied before they are removed. */
export async function park(folder: ObjectStorage, { keys }: Waiting, reason: MeteringError): Promise<void> {
  const [first = ""] = keys;
  await folder.put(`${parkedFolder}${first}.reason.json`, encoder.encode(JSON.stringify(reason, undefined, 2)));
  for (const key of keys) await folder.put(parkedFolder + key, await folder.get(key));
  for (const key of keys) await folder.delete(key);
}

/** How many records and versions are parked. */
export async function countParked(folder: ObjectStorage): Promise<number> {
  let count = 0;
  for await (const { key } of listFolder(folder, parkedFolder, { keysOnly: true }))
    if (key.endsWith(".reason.json")) count++;
  return count;
}
