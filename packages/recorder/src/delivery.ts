import { isMeteringError, MeteringError, type Logger } from "@metering/core";
import { backoffMs } from "@metering/storage-kit";
import type { MinuteJournal } from "./minute-journal.ts";
import type { SealedMinute } from "./sealed-minute.ts";
import type { Sink } from "./sink.ts";

/** A minute that is lost, and why. */
export interface LostMinute {
  /** The record's timestamp: Unix seconds. */
  readonly timestamp: number;
  readonly selfId: string;
  readonly rows: number;
  readonly reason: MeteringError;
}

/** Brings sealed minutes to the sink, again and again until each is stored. */
export interface Delivery {
  /** Minutes that are not stored yet, the oldest first. */
  readonly waiting: readonly SealedMinute[];
  readonly isFull: boolean;
  /** The last failure, until the next success. */
  readonly lastError: unknown;
  /** Minutes lost so far. */
  readonly lost: number;
  add(minute: SealedMinute, journal: MinuteJournal | undefined): void;
  /** Tries at once, and resolves when no minute waits. Rejects with the signal's reason. */
  idle(signal: AbortSignal | undefined): Promise<void>;
  /** Ends all attempts. */
  stop(): void;
}

export interface DeliveryOptions {
  readonly sink: Sink;
  readonly maxWaitingMinutes: number;
  readonly whenFull: "refuse" | "drop";
  readonly logger: Logger;
  readonly onLost: ((minute: LostMinute) => void) | undefined;
}

const writesAtOnce = 4;

interface Waiting {
  readonly minute: SealedMinute;
  readonly journal: MinuteJournal | undefined;
  /** Whether it is being written. It may be stored then, so it is not dropped. */
  isUnderWay: boolean;
}

// The sink will never take the record: trying again is of no use.
const refusals = ["invalid-record", "invalid-argument", "invalid-key", "already-exists"] as const;

export function createDelivery({ sink, maxWaitingMinutes, whenFull, logger, onLost }: DeliveryOptions): Delivery {
  const waiting: Waiting[] = [];
  let delivering = false;
  const stopping = new AbortController();
  let whenIdle: (() => void)[] = [];
  let wake: (() => void) | undefined;
  let lastError: unknown;
  let lost = 0;

  const finish = (entry: Waiting): void => {
    const index = waiting.indexOf(entry);
    if (index !== -1) waiting.splice(index, 1);
    if (waiting.length > 0) return;
    for (const resolve of whenIdle) resolve();
    whenIdle = [];
  };

  const lose = (entry: Waiting, reason: MeteringError): void => {
    const { minute } = entry;
    const { timestamp, selfId } = minute.id;
    logger.error(`The minute ${timestamp} of ${selfId} with ${minute.rows} rows is lost: ${reason.message}`);
    finish(entry);
    lost++;
    onLost?.({ timestamp, selfId, rows: minute.rows, reason });
  };

  const store = async ({ minute, journal }: Waiting): Promise<void> => {
    const { signal } = stopping;
    await journal?.flush(signal);
    await sink.write(minute.record(), { signal });
    await journal?.remove().catch((error: unknown) => {
      // Whoever finds it writes it again, with the same content.
      logger.warn(`The journal of ${minute.id.timestamp} could not be removed: ${String(error)}`);
    });
  };

  /** Waits before the next attempt, without keeping the process alive. `wake` ends it. */
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      unref(timer);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  /** Returns whether the minute is done with. */
  const attempt = async (entry: Waiting): Promise<boolean> => {
    const { minute, journal } = entry;
    entry.isUnderWay = true;
    try {
      await store(entry);
      lastError = undefined;
      finish(entry);
      return true;
    } catch (error) {
      if (stopping.signal.aborted) return false;
      lastError = error;
      if (isMeteringError(error) && refusals.some((code) => error.code === code)) {
        lose(entry, error);
        return true;
      }
      if (isMeteringError(error, "conflict") && journal !== undefined) {
        logger.warn(`The minute ${minute.id.timestamp} was adopted by another process: ${error.message}`);
        finish(entry);
        return true;
      }
      logger.warn(`The minute ${minute.id.timestamp} is not stored yet: ${String(error)}`);
      return false;
    } finally {
      entry.isUnderWay = false;
    }
  };

  /** While the sink fails, one minute at a time tries it, each in turn. Otherwise several are written at once. */
  const deliver = async (): Promise<void> => {
    let failures = 0;
    for (let turn = 0; waiting.length > 0 && !stopping.signal.aborted; turn++) {
      const probe = waiting[turn % waiting.length];
      const batch = failures === 0 || probe === undefined ? waiting.slice(0, writesAtOnce) : [probe];
      const done = await Promise.all(batch.map(attempt));
      if (done.every(Boolean)) {
        failures = 0;
        continue;
      }
      failures++;
      await pause(backoffMs({ retry: failures, throttled: isMeteringError(lastError, "throttled") }));
    }
    delivering = false;
  };

  return {
    get waiting() {
      return waiting.map(({ minute }) => minute);
    },
    get isFull() {
      return waiting.length >= maxWaitingMinutes;
    },
    get lastError() {
      return lastError;
    },
    get lost() {
      return lost;
    },
    add(minute, journal) {
      const oldest = waiting.find(({ isUnderWay }) => !isUnderWay);
      if (whenFull === "drop" && waiting.length >= maxWaitingMinutes && oldest !== undefined) {
        lose(oldest, tooManyWaiting(maxWaitingMinutes, lastError));
      }
      waiting.push({ minute, journal, isUnderWay: false });
      if (delivering) return;
      delivering = true;
      void deliver();
    },
    idle(signal) {
      if (waiting.length === 0) return Promise.resolve();
      wake?.();
      return new Promise((resolve, reject) => {
        whenIdle.push(resolve);
        if (signal?.aborted === true) reject(signal.reason);
        signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    },
    stop() {
      stopping.abort();
      wake?.();
    },
  };
}

/** The error for a recorder whose sink has been away too long. */
export function tooManyWaiting(maxWaitingMinutes: number, cause: unknown): MeteringError {
  return new MeteringError(
    "out-of-space",
    `${maxWaitingMinutes} minutes wait for the sink, which has failed for that long. See the cause, use a spool, or raise maxWaitingMinutes.`,
    { cause },
  );
}

/** Timers of Node keep the process alive unless told otherwise; those of other runtimes are numbers. */
export function unref(timer: unknown): void {
  if (typeof timer === "object" && timer !== null && "unref" in timer && typeof timer.unref === "function")
    timer.unref();
}
