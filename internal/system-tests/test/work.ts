import type { Metadata, MeteringElement, MeteringRecord, ObjectStorage } from "@metering/core";
import { MetaWriter, MeteringWriter, type IfExists } from "@metering/writer";

/** A record with its elements in hand, and how it is cut. */
export interface WholeRecord extends MeteringRecord {
  readonly data: readonly MeteringElement[];
  readonly pageSizeBytes?: number;
}

/** Something to be written: one record or one version of metadata. */
export type Work = { readonly record: WholeRecord } | { readonly metadata: Metadata };

const pageSizeBytes = 300;

/** The `i`th thing that a writer writes in a minute: what it must be can be told from its number alone. */
export function workOf(minute: number, i: number): Work {
  const id = { timestamp: minute, category: `kind-${i % 2}`, selfId: `w${i}` };
  switch (i % 4) {
    case 0:
      return { record: { ...id, data: elementsOf(`${i}`, 1 + (i % 7)) } };
    case 1:
      return { record: { ...id, data: elementsOf(`${i}`, 6 + (i % 8)), pageSizeBytes } };
    case 2:
      return { record: { ...id, sharedPoolId: "pool", data: elementsOf(`${i}`, 6 + (i % 8)), pageSizeBytes } };
    default:
      return {
        metadata: {
          type: i % 8 === 3 ? "logic" : "sharedpool",
          ...(i % 16 < 8 ? {} : { category: "kind" }),
          clusterId: `cluster-${minute}`,
          modifyTs: minute + i,
          metadata: { i, big: 2n ** 64n + BigInt(i), owner: "team ".repeat(i % 50) },
        },
      };
  }
}

/** Elements of which each can be told from all others. */
export function elementsOf(owner: string, count: number): readonly MeteringElement[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `${owner}-${i}`,
    ru: { value: 2n ** 63n + BigInt(i), unit: "RU" },
    seconds: { value: i + 1, unit: "seconds" },
  }));
}

/** Writes it. Resolves when it is acknowledged. */
export async function writeWork(storage: ObjectStorage, work: Work, ifExists: IfExists): Promise<void> {
  if ("metadata" in work) await new MetaWriter(storage, { ifExists }).write(work.metadata);
  else await writeRecord(storage, work.record, ifExists);
}

/** {@link writeWork} for a record. */
export async function writeRecord(
  storage: ObjectStorage,
  { pageSizeBytes: limit, ...record }: WholeRecord,
  ifExists: IfExists,
  signal?: AbortSignal,
): Promise<void> {
  const writer = new MeteringWriter(storage, { ifExists, concurrency: 3, pageSizeBytes: limit });
  await writer.write(record, { signal });
}
