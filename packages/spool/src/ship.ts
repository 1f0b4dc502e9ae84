import { isMeteringError, type MeteringError, type MeteringErrorCode, type ObjectStorage } from "@metering/core";
import { parallelMap } from "@metering/storage-kit";
import { copyMetadata, copyRecord } from "@metering/writer";
import { park } from "./parked.ts";
import { listWaiting, type Waiting } from "./waiting.ts";

/** What shipping needs. */
export interface ShipContext {
  readonly folder: ObjectStorage;
  readonly target: ObjectStorage;
  readonly concurrency: number;
  /** Told of each record or version that the target confirmed. */
  readonly onShipped: (waiting: Waiting) => void;
  /** Told of each that can never be shipped. */
  readonly onParked: (waiting: Waiting, reason: MeteringError) => void;
  readonly signal: AbortSignal;
}

// What is wrong is in the file or in what the target has, and no retry changes it. An operator can mend everything else:
// a permission, a missing bucket, credentials.
const permanent: ReadonlySet<MeteringErrorCode> = new Set([
  "already-exists",
  "incomplete-record",
  "invalid-format",
  "truncated-file",
  "not-found",
  "key-mismatch",
  "too-large",
  "invalid-record",
]);

/**
 * Moves everything that waits to the target, once: each is removed from the folder after the target confirmed it, and parked
 * if it can never be shipped.
 *
 * @throws the target's error, at the first that can be mended; the rest waits.
 */
export async function shipAll(context: ShipContext): Promise<void> {
  const { folder, concurrency, signal } = context;
  const shipped = parallelMap(
    (stop) => listWaiting(folder, { keysOnly: true, signal: stop }),
    (waiting, stop) => ship(waiting, context, stop),
    { concurrency, signal, order: "arrival" },
  );
  for await (const _ of shipped);
}

async function ship(waiting: Waiting, context: ShipContext, signal: AbortSignal): Promise<void> {
  const { folder, target, onShipped, onParked } = context;
  try {
    if (waiting.kind === "record") await copyRecord(waiting.id, folder, target, { signal });
    else await copyMetadata(waiting.keys[0], folder, target, { signal });
  } catch (error) {
    // Another process of the same folder shipped it. If part 0 is there, a page that it names was removed from the disk.
    if (isMeteringError(error, "not-found") && (await isGone(folder, waiting))) return;
    if (!isMeteringError(error) || !permanent.has(error.code)) throw error;
    await park(folder, waiting, error);
    onParked(waiting, error);
    return;
  }
  await removeShipped(folder, waiting);
  onShipped(waiting);
}

async function isGone(folder: ObjectStorage, { keys }: Waiting): Promise<boolean> {
  return (await folder.head(firstKey(keys))) === undefined;
}

/** Part 0 first: without it, what is left is nobody's record. */
async function removeShipped(folder: ObjectStorage, { keys }: Waiting): Promise<void> {
  const first = firstKey(keys);
  await folder.delete(first);
  for (const key of keys) if (key !== first) await folder.delete(key);
}

function firstKey(keys: readonly string[]): string {
  return keys.find((key) => key.endsWith("-0.json.gz")) ?? keys[0] ?? "";
}
