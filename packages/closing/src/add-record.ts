import type { ReadRecord } from "@metering/reader";
import type { ClosingContext } from "./closing-context.ts";
import type { ClosingWriter } from "./closing-writer.ts";
import type { Findings } from "./findings.ts";
import { recordDigest } from "./source.ts";
import { usageOf, type UsageValue } from "./usage.ts";

/** Adds a record with all its usage. */
export async function addRecord(
  writer: ClosingWriter,
  record: ReadRecord,
  { settings: { numbers, attributes }, componentOf }: Pick<ClosingContext, "settings" | "componentOf">,
  { report }: Findings,
): Promise<void> {
  const { timestamp, category, sharedPoolId, selfId, state, keys } = record;
  const usage: UsageValue[] = [];
  for (const element of record.data) {
    if (element !== null) usage.push(...usageOf(element, { numbers, attributes, onFinding: report }));
  }
  const component = componentOf(record);
  const digest = recordDigest(record);
  const pages = keys.length;
  await writer.add(
    { sign: 1, minute: timestamp, category, sharedPoolId, selfId, component, state, digest, pages },
    usage,
  );
}
