import { isMeteringError, type Logger, type MeteringRecord, type ObjectStorage } from "@metering/core";
import { listJournalRuns, readJournals } from "./journal.ts";
import type { Runs } from "./runs.ts";

/** What adopting needs. */
export interface AdoptContext {
  readonly folder: ObjectStorage;
  readonly runs: Runs;
  readonly write: (record: MeteringRecord) => Promise<unknown>;
  readonly logger: Logger;
}

/**
 * Takes over what dead runs left: each minute in their journals is written as a record under their self id. Only the holder
 * of the lease does it, so each is adopted once. A crash in between is repeated by the next holder with the same content.
 */
export async function adoptDeadRuns(context: AdoptContext): Promise<void> {
  const { folder, runs, logger } = context;
  const candidates = new Set([...(await runs.list()), ...(await listJournalRuns(folder))]);
  for (const run of candidates) {
    if (!(await runs.isDead(run))) continue;
    // From here on the run knows that it was taken for dead, should it still be there.
    await runs.end(run);
    for await (const { record, keys } of readJournals(folder, run)) {
      await writeAdopted(record, context);
      for (const key of keys) await folder.delete(key);
      logger.info(`Adopted the minute ${record.timestamp} of ${record.selfId}, whose process ended.`);
    }
  }
}

async function writeAdopted(record: MeteringRecord, { write, logger }: AdoptContext): Promise<void> {
  try {
    await write(record);
  } catch (error) {
    if (!isMeteringError(error, "already-exists")) throw error;
    // The minute was written after the last entry of its journal, so the record has all that the journal has.
    logger.warn(`The minute ${record.timestamp} of ${record.selfId} is written already and was left as it is.`);
  }
}
