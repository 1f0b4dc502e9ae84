import {
  isMeteringError,
  MeteringError,
  type CallOptions,
  type Logger,
  type JsonCompatibleObject,
  type Metadata,
  type MeteringRecord,
  type ObjectStorage,
  type RecordId,
} from "@metering/core";
import { backoffMs, sleep } from "@metering/storage-kit";
import { MetaWriter, MeteringWriter, type MetaReceipt, type WriteReceipt } from "@metering/writer";
import { adoptDeadRuns } from "./adopt.ts";
import { createJournals, type Journal } from "./journal.ts";
import { createLease, type Lease } from "./lease.ts";
import { parseSpoolOptions, type SpoolOptions } from "./options.ts";
import { countParked } from "./parked.ts";
import { createRuns, type Runs } from "./runs.ts";
import { shipAll } from "./ship.ts";
import { listWaiting } from "./waiting.ts";

/** What a spool holds, and how shipping goes. */
export interface SpoolStatus {
  /** Records and versions of metadata that wait. */
  readonly waiting: number;
  /** Bytes of their files. */
  readonly waitingBytes: number;
  /** Timestamp of the oldest record that waits: Unix seconds. */
  readonly oldestTimestamp: number | undefined;
  /** Records and versions that can never be shipped; they lie under `spool/parked/` with the reason. */
  readonly parked: number;
  /** The last failure to ship, and when. */
  readonly lastFailure: { readonly at: Date; readonly error: unknown } | undefined;
  /** When something was shipped last. */
  readonly lastSuccess: Date | undefined;
}

const beatMs = 5_000;
const sizeIsFreshMs = 10_000;

/**
 * A local disk between a writer and the bucket. `write` resolves when the record is safe in the folder; shipping to the
 * target goes on in the background, through outages and restarts, until the target confirmed each record.
 *
 * The folder is a bucket in the same format: everything that reads buckets reads it. Several processes may share one.
 *
 * @example
 * ```ts
 * const spool = new Spool(new LocalFsStorage({ basePath: "/var/spool/metering" }), storage);
 * await spool.write(record);
 * await spool.close();
 * ```
 */
export class Spool implements AsyncDisposable {
  readonly #folder: ObjectStorage;
  readonly #target: ObjectStorage;
  readonly #options: ReturnType<typeof parseSpoolOptions>;
  readonly #logger: Logger;
  readonly #writer: MeteringWriter;
  readonly #metaWriter: MetaWriter;
  readonly #runs: Runs;
  readonly #lease: Lease;
  readonly #openJournal: (minute: RecordId) => Journal;
  readonly #stopping = new AbortController();
  #begun: Promise<unknown> | undefined;
  #working: Promise<void> = Promise.resolve();
  #isWorking = false;
  #isWanted = false;
  #workTimer: ReturnType<typeof setTimeout> | undefined;
  #beatTimer: ReturnType<typeof setInterval> | undefined;
  #failures = 0;
  #lastFailure: SpoolStatus["lastFailure"];
  #lastSuccess: Date | undefined;
  #size: { bytes: number; readonly at: number } | undefined;

  /**
   * Starts shipping.
   *
   * @param folder Where records wait: a `LocalFsStorage`. It is not closed by the spool.
   * @param target The bucket. It is not closed by the spool.
   * @throws `invalid-argument` for an option that breaks its rule.
   */
  constructor(folder: ObjectStorage, target: ObjectStorage, options: SpoolOptions = {}) {
    this.#options = parseSpoolOptions(options);
    this.#logger = this.#options.logger;
    this.#folder = folder;
    this.#target = target;
    this.#writer = new MeteringWriter(folder, { ...this.#options.writer, ifExists: "verify" });
    this.#metaWriter = new MetaWriter(folder, { ifExists: "verify" });
    this.#runs = createRuns(folder);
    this.#lease = createLease(folder, this.#runs);
    this.#openJournal = createJournals(folder, this.#runs);
    this.#beatTimer = unrefed(setInterval(() => void this.#beat(), beatMs));
    this.#work();
  }

  /**
   * Keeps a record. When it resolves, the record is safe on the disk and will be shipped.
   *
   * @throws as `MeteringWriter.write`; `out-of-space` if the disk is full or more than `maxBytes` wait; `closed`.
   */
  async write<Element extends JsonCompatibleObject<Element>>(
    record: MeteringRecord<Element>,
    { signal }: CallOptions = {},
  ): Promise<WriteReceipt> {
    await this.#checkRoom(signal);
    const receipt = await this.#writer.write(record, { signal });
    this.#added(receipt.parts.reduce((sum, { bytes }) => sum + bytes, 0));
    return receipt;
  }

  /** {@link write} for one version of metadata. */
  async writeMetadata(metadata: Metadata, { signal }: CallOptions = {}): Promise<MetaReceipt> {
    await this.#checkRoom(signal);
    const receipt = await this.#metaWriter.write(metadata, { signal });
    this.#added(receipt.bytes);
    return receipt;
  }

  /** The journal of an open minute: a recorder on a spool uses it, so that the minute survives the end of the process. */
  journal(minute: RecordId): Journal {
    const { sharedPoolId } = this.#options.writer;
    const journal = this.#openJournal({ ...minute, sharedPoolId: minute.sharedPoolId ?? sharedPoolId });
    return {
      keep: async (rows, options) => {
        this.#checkOpen();
        await this.#begin();
        await journal.keep(rows, options);
      },
      remove: () => journal.remove(),
    };
  }

  /** What waits and how shipping goes. Reads the folder. */
  async status({ signal }: CallOptions = {}): Promise<SpoolStatus> {
    let waiting = 0;
    let waitingBytes = 0;
    let oldestTimestamp: number | undefined;
    for await (const one of listWaiting(this.#folder, { keysOnly: false, signal })) {
      waiting++;
      waitingBytes += one.bytes;
      if (one.kind === "record") oldestTimestamp = Math.min(oldestTimestamp ?? Infinity, one.id.timestamp);
    }
    this.#size = { bytes: waitingBytes, at: performance.now() };
    return {
      waiting,
      waitingBytes,
      oldestTimestamp,
      parked: await countParked(this.#folder),
      lastFailure: this.#lastFailure,
      lastSuccess: this.#lastSuccess,
    };
  }

  /** Ships at once, and resolves when nothing waits. Rejects with the signal's reason. */
  async drain({ signal }: CallOptions = {}): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      this.#checkOpen();
      const waiting = listWaiting(this.#folder, { keysOnly: true, signal });
      const { done } = await waiting.next();
      await waiting.return();
      if (done === true) return;
      this.#work();
      await sleep(drainPollMs, signal);
    }
  }

  /**
   * Ends shipping; requests under way are aborted. What waits stays in the folder and is shipped by the next process. Call
   * `drain` before to ship it now.
   */
  async close({ signal }: CallOptions = {}): Promise<void> {
    signal?.throwIfAborted();
    if (this.#stopping.signal.aborted) return;
    clearTimeout(this.#workTimer);
    clearInterval(this.#beatTimer);
    this.#stopping.abort();
    await this.#working;
    await this.#lease.release();
    await this.#runs.end(this.#runs.own);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #checkOpen(): void {
    if (this.#stopping.signal.aborted) throw new MeteringError("closed", "The spool was closed. Nothing was kept.");
  }

  async #checkRoom(signal: AbortSignal | undefined): Promise<void> {
    this.#checkOpen();
    const { maxBytes } = this.#options;
    if (maxBytes === undefined) return;
    const isFresh = this.#size !== undefined && performance.now() - this.#size.at < sizeIsFreshMs;
    if (!isFresh) await this.status({ signal });
    if ((this.#size?.bytes ?? 0) < maxBytes) return;
    throw new MeteringError(
      "out-of-space",
      `More than ${maxBytes} bytes wait in ${this.#folder.name}. Nothing was kept. Look why shipping fails (status), or raise maxBytes.`,
      { storage: this.#folder.name, stored: "no" },
    );
  }

  #added(bytes: number): void {
    if (this.#size !== undefined) this.#size.bytes += bytes;
    this.#work();
  }

  async #begin(): Promise<void> {
    this.#begun ??= this.#runs.beat();
    try {
      await this.#begun;
    } catch (error) {
      this.#begun = undefined;
      throw error;
    }
  }

  async #beat(): Promise<void> {
    try {
      await this.#begin();
      if (await this.#runs.beat()) {
        this.#logger.error("Another process took this one for dead and adopted its open minutes.");
      }
    } catch (error) {
      this.#logger.warn(`The folder could not be told that this process is alive: ${String(error)}`);
    }
  }

  /** Ships now, or again as soon as what is under way is over. While the target fails, waits between tries grow. */
  #work(): void {
    if (this.#stopping.signal.aborted) return;
    if (this.#isWorking) {
      this.#isWanted = true;
      return;
    }
    if (this.#failures > 0 && this.#workTimer !== undefined) return;
    clearTimeout(this.#workTimer);
    this.#workTimer = undefined;
    this.#isWorking = true;
    this.#isWanted = false;
    this.#working = this.#workOnce().finally(() => {
      this.#isWorking = false;
      if (this.#stopping.signal.aborted) return;
      if (this.#isWanted && this.#failures === 0) this.#work();
      else this.#scheduleWork();
    });
  }

  #scheduleWork(): void {
    const throttled = isMeteringError(this.#lastFailure?.error, "throttled");
    const wait = this.#failures === 0 ? this.#options.pollMs : backoffMs({ retry: this.#failures, throttled });
    this.#workTimer = unrefed(
      setTimeout(() => {
        this.#workTimer = undefined;
        this.#work();
      }, wait),
    );
  }

  async #workOnce(): Promise<void> {
    const { signal } = this.#stopping;
    try {
      await this.#begin();
      if (!(await this.#lease.acquire())) return;
      await adoptDeadRuns({
        folder: this.#folder,
        runs: this.#runs,
        logger: this.#logger,
        write: (record) => this.#writer.write(record, { signal }),
      });
      await this.#ship(signal);
      if (this.#failures > 0) this.#logger.info(`Shipping to ${this.#target.name} works again.`);
      this.#failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      this.#lastFailure = { at: new Date(), error };
      const level = this.#failures++ === 0 ? "error" : "debug";
      this.#logger[level](`Shipping to ${this.#target.name} fails, and will be tried again: ${String(error)}`);
    }
  }

  async #ship(signal: AbortSignal): Promise<void> {
    await shipAll({
      folder: this.#folder,
      target: this.#target,
      concurrency: this.#options.concurrency,
      signal,
      onShipped: () => {
        this.#lastSuccess = new Date();
        // Counted anew with the next write that needs to know.
        this.#size = undefined;
      },
      onParked: ({ keys }, reason) => {
        this.#size = undefined;
        this.#logger.error(`${keys[0]} can never be shipped and was parked: ${reason.message}`);
      },
    });
  }
}

const drainPollMs = 50;

/** A timer that does not keep the process alive. */
function unrefed<Timer extends NodeJS.Timeout>(timer: Timer): Timer {
  timer.unref();
  return timer;
}
