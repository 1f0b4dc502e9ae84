import {
  isMeteringValue,
  maxAmount,
  MeteringError,
  stringifyJson,
  type JsonValue,
  type MeteringElement,
} from "@metering/core";
import { uncountedAmount } from "@metering/reader";
import type { Cell } from "./parquet-types.ts";
import { recordCellCount, toRecordRow, type RecordRow } from "./tables.ts";

/** One metering value of an element. */
export interface UsageValue {
  /** Name of the property. */
  readonly meter: string;
  readonly unit: string;
  /** From 0 to 2^64−1. */
  readonly value: bigint;
  /** JSON of the element's other properties, integers exact. The same for all values of an element. */
  readonly attributes: string;
  /** The attributes that have a column of their own, in its order. */
  readonly columns: readonly (string | undefined)[];
}

/** A row of the table `usage`. */
export interface Usage extends RecordRow, UsageValue {}

/** What counts in an element, beside metering values. */
export interface UsageRules {
  /** Plain integers that count, and their units. */
  readonly numbers: Readonly<Record<string, string>>;
  /** Attributes with a column of their own. */
  readonly attributes: readonly string[];
  /** Told of each amount that cannot be counted. */
  readonly onFinding: (finding: MeteringError) => void;
}

/** The metering values of an element. An element without any has no row. */
export function usageOf(
  element: MeteringElement,
  { numbers, attributes, onFinding }: UsageRules,
): readonly UsageValue[] {
  const usage: { -readonly [Field in keyof UsageValue]: UsageValue[Field] }[] = [];
  const others: [string, JsonValue][] = [];
  const columns = attributes.map((name) => (Object.hasOwn(element, name) ? textOf(element[name]) : undefined));
  for (const name of Object.keys(element)) {
    const property = element[name];
    if (property === undefined) continue;
    if (isMeteringValue(property)) {
      usage.push({ meter: name, unit: property.unit, value: BigInt(property.value), attributes: "", columns });
      continue;
    }
    const unit = Object.hasOwn(numbers, name) ? numbers[name] : undefined;
    if (unit !== undefined && isAmount(property)) {
      usage.push({ meter: name, unit, value: BigInt(property), attributes: "", columns });
      continue;
    }
    const finding = unit === undefined ? uncountedAmount(name, property) : noAmount(name);
    if (finding !== undefined) onFinding(finding);
    others.push([name, property]);
  }
  if (usage.length === 0) return usage;
  const json = stringifyJson(Object.fromEntries(others));
  for (const row of usage) row.attributes = json;
  return usage;
}

function isAmount(property: JsonValue): property is number | bigint {
  if (typeof property === "bigint") return property >= 0n && property <= maxAmount;
  return typeof property === "number" && Number.isSafeInteger(property) && property >= 0;
}

/** Texts as they are, everything else as JSON; `null` is as good as missing. */
function textOf(value: JsonValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === "string" ? value : stringifyJson(value);
}

function noAmount(name: string): MeteringError {
  return new MeteringError(
    "invalid-amount",
    `${name} is to be counted by the option numbers and is no integer from 0 to 2^64-1. To close without it, pass onFinding.`,
  );
}

/** The cells that follow those of its record. */
export function usageCells({ meter, unit, value, attributes, columns }: UsageValue): readonly Cell[] {
  return columns.length === 0 ? [meter, unit, value, attributes] : [meter, unit, value, attributes, ...columns];
}

/** The reverse of {@link usageCells}; `undefined` if a cell has another type. */
export function toUsage(cells: readonly Cell[]): Usage | undefined {
  const row = toRecordRow(cells);
  const [meter, unit, value, attributes, ...columns] = cells.slice(recordCellCount);
  if (row === undefined || typeof meter !== "string" || typeof unit !== "string") return undefined;
  if (typeof value !== "bigint" || typeof attributes !== "string") return undefined;
  return {
    ...row,
    meter,
    unit,
    value,
    attributes,
    columns: columns.map((cell) => (typeof cell === "string" ? cell : undefined)),
  };
}
