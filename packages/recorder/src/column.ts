import { maxAmount, MeteringError } from "@metering/core";

/** How a meter combines what it is given within one minute. */
export type Combine = "add" | "last" | "max";

/** The amounts of one meter in one minute, by row number. */
export interface Column {
  /** The amount of a row, or `undefined` if the meter was not used there. */
  get(row: number): number | bigint | undefined;
  /**
   * Combines an amount with that of the row.
   *
   * @throws `invalid-argument` if the amount is no integer from 0 to 2^64−1, or the sum would go beyond. Nothing changes.
   */
  combine(row: number, amount: number | bigint): void;
}

// Neither can be an amount.
const unused = -1;
const isLarge = -2;
const firstCapacity = 64;

/** Exact amounts without garbage: numbers while they are safe, and bigints in a map of their own beyond. */
export function createColumn(combine: Combine): Column {
  let amounts = new Float64Array(firstCapacity).fill(unused);
  const large = new Map<number, bigint>();

  const makeRoom = (row: number): void => {
    const larger = new Float64Array(Math.max(2 * amounts.length, row + 1)).fill(unused);
    larger.set(amounts);
    amounts = larger;
  };
  const get = (row: number): number | bigint | undefined => {
    const amount = amounts[row] ?? unused;
    if (amount === unused) return undefined;
    return amount === isLarge ? large.get(row) : amount;
  };
  const set = (row: number, amount: bigint): void => {
    if (amount > maxAmount) throw beyond();
    if (amount <= Number.MAX_SAFE_INTEGER) {
      amounts[row] = Number(amount);
      large.delete(row);
    } else {
      amounts[row] = isLarge;
      large.set(row, amount);
    }
  };
  const combineExactly = (row: number, amount: number | bigint): void => {
    const now = BigInt(get(row) ?? 0);
    const given = BigInt(amount);
    if (combine === "add") set(row, now + given);
    else if (combine === "last" || given > now) set(row, given);
    else set(row, now);
  };

  return {
    get,
    combine(row, amount) {
      if (row >= amounts.length) makeRoom(row);
      if (typeof amount !== "number") {
        if (typeof amount !== "bigint" || amount < 0n || amount > maxAmount) throw noAmount(amount);
        combineExactly(row, amount);
        return;
      }
      if (!Number.isSafeInteger(amount) || amount < 0 || Object.is(amount, -0)) throw noAmount(amount);
      const now = amounts[row] ?? unused;
      if (now === isLarge) {
        combineExactly(row, amount);
        return;
      }
      if (combine === "add") {
        const sum = now === unused ? amount : now + amount;
        if (sum > Number.MAX_SAFE_INTEGER) combineExactly(row, amount);
        else amounts[row] = sum;
      } else if (combine === "last" || amount > now) amounts[row] = amount;
    },
  };
}

function noAmount(amount: unknown): MeteringError {
  return new MeteringError(
    "invalid-argument",
    `${String(amount)} is no amount: use an integer from 0 to 2^64-1, a bigint beyond 2^53-1. Nothing was counted.`,
  );
}

function beyond(): MeteringError {
  return new MeteringError("invalid-argument", "The sum of a minute would go beyond 2^64-1. Nothing was counted.");
}
