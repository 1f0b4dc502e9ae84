import type { RecordId } from "@metering/core";
import type { ReadRecord } from "@metering/reader";
import type { Cell } from "./parquet-types.ts";
import { recordCells, recordCellCount, toRecordRow, type RecordRow } from "./tables.ts";

/** A record that was closed: a row of the table `sources`. */
export interface Source extends RecordRow {
  readonly state: ReadRecord["state"];
  /** Digest of part 0, which names the other pages. Where it names none, those of all pages, with spaces between. */
  readonly digest: string;
  /** How many pages it had. */
  readonly pages: number;
  /** How many rows of `usage` came from it. */
  readonly values: number;
}

/** Tells records of one minute apart. */
export function recordKey({ category, sharedPoolId, selfId }: Omit<RecordId, "timestamp">): string {
  return sharedPoolId === undefined ? `${category}/${selfId}` : `${category}/${sharedPoolId}/${selfId}`;
}

/** What `sources` says about a record's content. Another digest means other content. */
export function recordDigest({ state, digests }: Pick<ReadRecord, "state" | "digests">): string {
  return state === "complete" ? digests.slice(0, 1).join("") : digests.join(" ");
}

export function sourceCells(source: Source): readonly Cell[] {
  return [...recordCells(source), source.state, source.digest, source.pages, source.values];
}

/** The reverse of {@link sourceCells}; `undefined` if a cell has another type. */
export function toSource(cells: readonly Cell[]): Source | undefined {
  const row = toRecordRow(cells);
  const [state, digest, pages, values] = cells.slice(recordCellCount);
  if (row === undefined || (state !== "complete" && state !== "unknown")) return undefined;
  if (typeof digest !== "string" || typeof pages !== "number" || typeof values !== "number") return undefined;
  return { ...row, state, digest, pages, values };
}
