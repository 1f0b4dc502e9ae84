import { isMeteringError, MeteringError, newSelfId, type CallOptions, type RecordId } from "@metering/core";
import { copyOf, identityOf, type Attributes } from "./attributes.ts";
import type { Combine } from "./column.ts";
import { createDelivery, tooManyWaiting, unref, type Delivery } from "./delivery.ts";
import type { Counter, CounterRow, Gauge, GaugeOptions, MeterDefinition, MeterOptions } from "./meter.ts";
import { createMinuteJournal, type MinuteJournal } from "./minute-journal.ts";
import { createMinute, type Minute } from "./minute.ts";
import { invalidMeter, parseRecorderOptions, type RecorderOptions } from "./options.ts";
import { sealMinute } from "./sealed-minute.ts";
import type { Journal, Sink } from "./sink.ts";

const minuteMs = 60_000;

/** What a recorder is doing. */
export interface RecorderStatus {
  /** Self id of this run. */
  readonly selfId: string;
  /** Rows of the open minute. */
  readonly rows: number;
  /** Minutes that are sealed and not stored yet, the oldest first: their timestamps and rows. */
  readonly waiting: readonly { readonly timestamp: number; readonly rows: number }[];
  /** Why the last write failed, until one succeeds. */
  readonly lastError: unknown;
  /** Timestamp of the newest minute that is over: Unix seconds. */
  readonly lastClosed: number | undefined;
  /** Minutes lost since the start: see `onLost`. */
  readonly lost: number;
}

/**
 * Counts usage in the process, and writes one record for each minute.
 *
 * @example
 * ```ts
 * const recorder = new Recorder(writer, { category: "gateway", component: "gw01", stamp: "end" });
 * const requests = recorder.counter("requests", { unit: "requests" });
 * requests.add({ cluster_id: "c-1" });
 * await recorder.close({ signal: AbortSignal.timeout(10_000) });
 * ```
 */
export class Recorder implements AsyncDisposable {
  readonly #sink: Sink;
  readonly #options: ReturnType<typeof parseRecorderOptions>;
  readonly #delivery: Delivery;
  readonly #meters: MeterDefinition[] = [];
  readonly #reserved: Set<string>;
  readonly #observers = new Set<() => void>();
  #selfId: string;
  #minute: Minute;
  #journal: MinuteJournal | undefined;
  #sealing = false;
  #lastClosed: number | undefined;
  #closed = false;
  #minuteTimer: ReturnType<typeof setTimeout> | undefined;
  #journalTimer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Starts recording.
   *
   * @param sink Where minutes go, such as a `MeteringWriter` with `ifExists: "verify"`, or a spool.
   * @throws `invalid-argument` for an option that breaks its rule.
   */
  constructor(sink: Sink, options: RecorderOptions) {
    this.#sink = sink;
    this.#options = parseRecorderOptions(options);
    const { component, attributes, maxWaitingMinutes, whenFull, onLost, logger } = this.#options;
    this.#reserved = new Set(Object.keys(attributes));
    this.#selfId = newSelfId(component);
    this.#delivery = createDelivery({ sink, maxWaitingMinutes, whenFull, onLost, logger });
    this.#minute = this.#openMinute(startOfMinute(this.#options.now()));
    this.#scheduleSeal();
    if (sink.journal !== undefined) this.#scheduleJournal();
  }

  /**
   * A meter that adds. The same name gives the same meter. Make meters before counting.
   *
   * @throws `invalid-argument` for an invalid name, or one of another meter or a fixed attribute.
   */
  counter(name: string, options: MeterOptions = {}): Counter {
    const meter = this.#meter(name, options.unit, "add");
    return {
      add: (attributes, amount = 1) => {
        const minute = this.#open();
        minute.combine(meter, minute.rowOf(attributes), amount);
      },
      row: (attributes) => this.#row(meter, attributes),
    };
  }

  /** A meter that observes values and keeps the last, the largest or the sum of each minute. Throws as `counter`. */
  gauge(name: string, { unit, keep }: GaugeOptions): Gauge {
    const meter = this.#meter(name, unit, keep === "sum" ? "add" : keep);
    return {
      observe: (attributes, value) => {
        const minute = this.#open();
        minute.combine(meter, minute.rowOf(attributes), value);
      },
    };
  }

  /**
   * Calls `observer` once for each minute, just before it is sealed, to observe gauges. An error of it is logged.
   *
   * @returns a function that removes the observer.
   */
  addObserver(observer: () => void): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  status(): RecorderStatus {
    const { waiting, lastError, lost } = this.#delivery;
    return {
      selfId: this.#selfId,
      rows: this.#minute.rows,
      waiting: waiting.map(({ id, rows }) => ({ timestamp: id.timestamp, rows })),
      lastError,
      lastClosed: this.#lastClosed,
      lost,
    };
  }

  /**
   * Seals the open minute and waits until every minute is stored. Counting is over from the call on.
   *
   * Without a signal it waits as long as the sink takes. Give one with a time limit where the process has to end:
   * `AbortSignal.timeout(10_000)`.
   *
   * @throws `unavailable` when the signal aborts, with the minutes that are not stored; its cause is the sink's last error.
   */
  async close({ signal }: CallOptions = {}): Promise<void> {
    if (!this.#closed) {
      this.#seal();
      this.#closed = true;
      clearTimeout(this.#minuteTimer);
      clearTimeout(this.#journalTimer);
    }
    // Waits between attempts do not keep the process alive; closing does.
    const alive = setInterval(() => {}, minuteMs);
    try {
      await this.#delivery.idle(signal);
    } catch {
      throw notStored(this.status());
    } finally {
      clearInterval(alive);
      this.#delivery.stop();
    }
  }

  /** {@link close} with a time limit of 30 seconds. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close({ signal: AbortSignal.timeout(30_000) });
  }

  #meter(name: string, unit: string | undefined, combine: Combine): MeterDefinition {
    const known = this.#meters.find((meter) => meter.name === name);
    if (known !== undefined) {
      if (known.unit === unit && known.combine === combine) return known;
      throw invalidMeter(name, "exists with another unit or of another kind");
    }
    if (name === "" || !name.isWellFormed()) throw invalidMeter(name, "must have a name of well-formed Unicode");
    if (this.#reserved.has(name)) throw invalidMeter(name, "has the name of a fixed attribute");
    if (unit !== undefined && (unit === "" || !unit.isWellFormed())) throw invalidMeter(name, "has an invalid unit");
    const meter = { index: this.#meters.length, name, unit, combine };
    this.#meters.push(meter);
    this.#reserved.add(name);
    return meter;
  }

  #row(meter: MeterDefinition, attributes: Attributes): CounterRow {
    const identity = identityOf(attributes, this.#reserved);
    const element = copyOf(attributes);
    let minute: Minute | undefined;
    let row = 0;
    return {
      add: (amount = 1) => {
        const open = this.#open();
        if (open !== minute) {
          row = open.rowWith(identity, element);
          minute = open;
        }
        open.combine(meter, row, amount);
      },
    };
  }

  /** The minute that counts now. Seals the one before if it is over and its timer is late. */
  #open(): Minute {
    if (this.#closed) throw new MeteringError("closed", "The recorder was closed. Nothing was counted.");
    if (!this.#sealing) {
      if (this.#options.now() >= this.#minute.startMs + minuteMs) this.#seal();
      const { whenFull, maxWaitingMinutes } = this.#options;
      if (whenFull === "refuse" && this.#delivery.isFull) {
        throw tooManyWaiting(maxWaitingMinutes, this.#delivery.lastError);
      }
    }
    return this.#minute;
  }

  #openMinute(startMs: number): Minute {
    const { attributes, maxRows } = this.#options;
    const minute = createMinute(startMs, {
      meters: this.#meters,
      fixed: copyOf(attributes),
      reserved: this.#reserved,
      maxRows,
      tracksChanges: this.#sink.journal !== undefined,
    });
    this.#journal = this.#openJournal(minute);
    return minute;
  }

  #openJournal(minute: Minute): MinuteJournal | undefined {
    const id = this.#idOf(minute);
    const sink = this.#sink;
    return sink.journal === undefined ? undefined : createMinuteJournal(minute, () => openJournal(sink, id));
  }

  #idOf(minute: Minute): RecordId {
    const { category, sharedPoolId, stamp } = this.#options;
    const timestamp = minute.startMs / 1000 + (stamp === "end" ? 60 : 0);
    return { timestamp, category, selfId: this.#selfId, ...(sharedPoolId === undefined ? {} : { sharedPoolId }) };
  }

  /** Ends the open minute, hands it over and opens the one that the clock shows. An idle minute is an empty record. */
  #seal(): void {
    this.#sealing = true;
    for (const observer of this.#observers) {
      try {
        observer();
      } catch (error) {
        this.#options.logger.error(`An observer failed: ${String(error)}`);
      }
    }
    this.#sealing = false;
    const isRefusing = this.#options.whenFull === "refuse" && this.#delivery.isFull;
    // While it refuses to count, an empty record would say that nothing was used.
    if (!isRefusing || this.#minute.rows > 0) {
      this.#delivery.add(sealMinute(this.#idOf(this.#minute), this.#minute), this.#journal);
    }
    this.#lastClosed = this.#idOf(this.#minute).timestamp;
    // A clock that stepped back does not open a minute again.
    const next = Math.max(startOfMinute(this.#options.now()), this.#minute.startMs + minuteMs);
    this.#minute = this.#openMinute(next);
  }

  #scheduleSeal(): void {
    const wait = this.#minute.startMs + minuteMs - this.#options.now();
    // A clock that steps back makes the wait longer than a minute: look again in between.
    this.#minuteTimer = setTimeout(
      () => {
        if (this.#options.now() >= this.#minute.startMs + minuteMs) this.#seal();
        this.#scheduleSeal();
      },
      Math.min(Math.max(wait, 0), minuteMs),
    );
    unref(this.#minuteTimer);
  }

  #scheduleJournal(): void {
    this.#journalTimer = setTimeout(() => {
      void this.#keepOpenMinute().finally(() => {
        if (!this.#closed) this.#scheduleJournal();
      });
    }, this.#options.journalIntervalMs);
    unref(this.#journalTimer);
  }

  async #keepOpenMinute(): Promise<void> {
    const minute = this.#minute;
    try {
      await this.#journal?.flush();
    } catch (error) {
      if (isMeteringError(error, "conflict") && minute === this.#minute) this.#startNewRun(error);
      else this.#options.logger.warn(`The open minute could not be kept: ${String(error)}`);
    }
  }

  /** Another process took this one for dead and wrote what the journal had: the minute must not be written again. */
  #startNewRun(reason: MeteringError): void {
    this.#options.logger.error(
      `This run was adopted by another process, so it goes on as a new one: ${reason.message}`,
    );
    this.#selfId = newSelfId(this.#options.component);
    this.#minute = this.#openMinute(this.#minute.startMs);
  }
}

function openJournal(sink: Sink, id: RecordId): Journal {
  const journal = sink.journal?.(id);
  if (journal === undefined) throw new MeteringError("not-supported", "The sink no longer keeps journals.");
  return journal;
}

function startOfMinute(ms: number): number {
  return Math.floor(ms / minuteMs) * minuteMs;
}

function notStored({ waiting, lastError }: RecorderStatus): MeteringError {
  const minutes = waiting.map(({ timestamp }) => timestamp).join(", ");
  return new MeteringError(
    "unavailable",
    `${waiting.length} minutes are not stored: ${minutes}. Their usage is lost when the process ends. Use a spool, or allow more time.`,
    { cause: lastError },
  );
}
