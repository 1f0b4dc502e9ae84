import type { MeteringElement, MeteringRecord, RecordId } from "@metering/core";
import { sleep } from "@metering/storage-kit";
import type { Minute } from "./minute.ts";

/** A minute that is over. It never changes. */
export interface SealedMinute {
  readonly id: RecordId;
  readonly rows: number;
  /** The record, the same each time. */
  record(): MeteringRecord;
}

export function sealMinute(id: RecordId, minute: Minute): SealedMinute {
  return {
    id,
    rows: minute.rows,
    record: () => ({ ...id, data: elementsOf(minute) }),
  };
}

// Everything else in the process waits while a slice is made.
const maxSliceMs = 3;
const rowsBetweenLooks = 32;

async function* elementsOf(minute: Minute): AsyncGenerator<MeteringElement, void, undefined> {
  let sliceBegan = performance.now();
  for (let row = 0; row < minute.rows; row++) {
    yield minute.elementOf(row);
    if ((row + 1) % rowsBetweenLooks > 0 || performance.now() - sliceBegan < maxSliceMs) continue;
    await sleep(0);
    sliceBegan = performance.now();
  }
}
