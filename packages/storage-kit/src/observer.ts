import type { MeteringError } from "@metering/core";
import { stepping } from "./layers/layer.ts";

/** Work that can be observed: the verbs of a storage, and what writers and readers do with them. */
export type OperationName =
  | "put"
  | "get"
  | "head"
  | "delete"
  | "list"
  | "write_record"
  | "write_metadata"
  | "read_record"
  | "read_metadata"
  | "scan";

/** One piece of work as it starts. */
export interface Operation {
  readonly name: OperationName;
  /** Name of the storage, such as `s3://usage/prod/`. It holds no credentials. */
  readonly storage: string;
}

/** How much an operation moved. Only what it knows is set. */
export interface Amounts {
  /** Bytes of the bodies stored or read, as they are stored. */
  readonly bytes?: number | undefined;
  /** Objects listed. */
  readonly objects?: number | undefined;
  readonly records?: number | undefined;
  readonly elements?: number | undefined;
}

/** An operation under way, as its observer sees it. */
export interface Observation {
  /** Runs a step of the operation, so that what the step starts counts as part of it. */
  run<Result>(step: () => Result): Result;
  /** Another attempt follows, because of this error. */
  retry(error: MeteringError): void;
  /** It succeeded, or was left before its end by whoever consumed it. Called once, as `fail` is. */
  end(amounts: Amounts): void;
  /** It failed, or was aborted. */
  fail(error: unknown, amounts: Amounts): void;
}

/** Sees what storages, writers and readers do. Its functions are called often, and must neither throw nor wait. */
export interface Observer {
  start(operation: Operation): Observation;
  /** A reader left something out: see `onFinding` of `@metering/reader`. */
  finding(storage: string, finding: MeteringError): void;
}

/** The rule that an option `observer` breaks, or `undefined`. */
export function observerProblem(value: unknown): string | undefined {
  const isObserver =
    typeof value === "object" &&
    value !== null &&
    ["start", "finding"].every((name) => typeof Reflect.get(value, name) === "function");
  return isObserver ? undefined : "must be an Observer with start and finding";
}

/** Does some work and tells the observer, if there is one. */
export function observe<Result>(
  observer: Observer | undefined,
  operation: Operation,
  work: (observation: Observation | undefined) => Promise<Result>,
  amountsOf: (result: Result) => Amounts,
): Promise<Result> {
  return observer === undefined ? work(undefined) : observed(observer.start(operation), work, amountsOf);
}

async function observed<Result>(
  observation: Observation,
  work: (observation: Observation) => Promise<Result>,
  amountsOf: (result: Result) => Amounts,
): Promise<Result> {
  try {
    const result = await observation.run(() => work(observation));
    observation.end(amountsOf(result));
    return result;
  } catch (error) {
    observation.fail(error, {});
    throw error;
  }
}

/**
 * Goes through items and tells the observer, if there is one, when it is over. `count` is told of each item, and gives
 * the amounts so far.
 */
export function observeItems<Item>(
  observer: Observer | undefined,
  operation: Operation,
  open: (observation: Observation | undefined) => AsyncIterable<Item>,
  count: (item?: Item) => Amounts,
): AsyncIterable<Item> {
  return observer === undefined ? open(undefined) : observedItems(() => observer.start(operation), open, count);
}

async function* observedItems<Item>(
  start: () => Observation,
  open: (observation: Observation) => AsyncIterable<Item>,
  count: (item?: Item) => Amounts,
): AsyncGenerator<Item, void, undefined> {
  const observation = start();
  let failed = false;
  try {
    const steps = stepping(
      observation.run(() => open(observation)),
      (next) => observation.run(next),
    );
    for await (const item of steps) {
      count(item);
      yield item;
    }
  } catch (error) {
    failed = true;
    observation.fail(error, count());
    throw error;
  } finally {
    if (!failed) observation.end(count());
  }
}
