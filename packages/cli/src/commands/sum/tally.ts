import {
  componentOf,
  isMeteringValue,
  stringifyJson,
  type JsonValue,
  type MeteringElement,
  type MeteringError,
} from "@metering/core";
import { uncountedAmount, type ReadRecord } from "@metering/reader";

/** An exact sum. */
export interface Sum {
  /** What it is grouped by, in the order asked for. `null`: the element has no such attribute. */
  readonly group: readonly JsonValue[];
  readonly meter: string;
  readonly unit: string;
  readonly value: bigint;
}

/** Adds up the metering values of records. */
export interface Tally {
  add(record: ReadRecord): void;
  /** The sums since the last call, by their groups, meters and units. */
  take(): readonly Sum[];
}

type MutableSum = { -readonly [Field in keyof Sum]: Sum[Field] };

/** What a record says of itself. As in closed periods, an attribute of the same name gives way. */
const recordFields: Readonly<Partial<Record<string, (record: ReadRecord) => JsonValue>>> = {
  category: ({ category }) => category,
  component: ({ selfId }) => componentOf(selfId),
  self_id: ({ selfId }) => selfId,
  shared_pool_id: ({ sharedPoolId }) => sharedPoolId ?? null,
};

export function createTally(by: readonly string[], onFinding: (finding: MeteringError) => void): Tally {
  const groups = new Map<string, Map<string, MutableSum>>();
  const fields = by.map((name) => ({
    name,
    ofRecord: Object.hasOwn(recordFields, name) ? recordFields[name] : undefined,
  }));

  function groupOf(record: ReadRecord, element: MeteringElement): readonly JsonValue[] {
    return fields.map(({ name, ofRecord }) => {
      if (ofRecord !== undefined) return ofRecord(record);
      return Object.hasOwn(element, name) ? (element[name] ?? null) : null;
    });
  }

  function sumsOf(group: readonly JsonValue[]): Map<string, MutableSum> {
    const key = stringifyJson(group);
    let sums = groups.get(key);
    if (sums === undefined) groups.set(key, (sums = new Map()));
    return sums;
  }

  function addElement(record: ReadRecord, element: MeteringElement): void {
    const group = groupOf(record, element);
    const sums = sumsOf(group);
    for (const meter of Object.keys(element)) {
      const property = element[meter];
      if (!isMeteringValue(property)) {
        const finding = uncountedAmount(meter, property);
        if (finding !== undefined) onFinding(finding);
        continue;
      }
      const key = `${meter}\0${property.unit}`;
      const sum = sums.get(key);
      if (sum === undefined) sums.set(key, { group, meter, unit: property.unit, value: BigInt(property.value) });
      else sum.value += BigInt(property.value);
    }
  }

  return {
    add(record) {
      for (const element of record.data) if (element !== null) addElement(record, element);
    },
    take() {
      const keys = [...groups.keys()].sort();
      const sums = keys.flatMap((key) => [...(groups.get(key)?.entries() ?? [])].sort(byKey).map(([, sum]) => sum));
      groups.clear();
      return sums;
    },
  };
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
