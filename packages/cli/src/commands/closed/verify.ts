import { verifyClosed, type ClosedDifference } from "@metering/closing";
import { buildMeteringKey, type ObjectStorage, type RecordId } from "@metering/core";
import type { Outcome } from "../../exit-code.ts";
import type { Span } from "../../input/moment.ts";
import type { JsonLine } from "../../output/json-line.ts";
import { counted } from "../../output/numbers.ts";
import type { Session } from "../../session.ts";

/** Compares closed days with their records and files, and writes each difference. */
export async function verify(
  { out, messages, signal }: Session,
  { json }: { readonly json: boolean },
  storage: ObjectStorage,
  period: Span,
): Promise<Outcome> {
  const progress = messages.progress({ done: "Found", unit: "difference" });
  let differences = 0;
  for await (const difference of verifyClosed(storage, { ...period, signal })) {
    differences++;
    progress.add(1);
    if (json) await out.json(jsonOf(difference));
    else await out.line(`${difference.day}  ${out.style.bad(difference.kind)}  ${describe(difference)}`);
  }
  progress.end();
  messages.note(
    differences === 0 ? "The closed days are what the records say." : `${counted(differences, "difference")}.`,
  );
  return differences === 0 ? "clean" : "findings";
}

const keyOf = (record: RecordId) => buildMeteringKey({ ...record, part: 0 });

function describe(difference: ClosedDifference): string {
  switch (difference.kind) {
    case "file-missing":
    case "file-changed":
    case "leftover":
      return difference.key;
    case "missing":
    case "changed":
    case "late":
      return keyOf(difference.record);
    case "unusable":
      return `${keyOf(difference.record)}: ${difference.error.message}`;
    case "usage":
      return `${keyOf(difference.record)}: ${difference.meter} (${difference.unit}) is ${difference.closed} closed and ${difference.stored} stored`;
    default:
      return `${difference.category} ${difference.meter} (${difference.unit}) is ${difference.value} in the ${difference.in} sums and ${difference.rows} in the rows`;
  }
}

function jsonOf(difference: ClosedDifference): JsonLine {
  if (!("record" in difference)) return { ...difference };
  const record = { ...difference.record };
  if (difference.kind !== "unusable") return { ...difference, record };
  const { code, message } = difference.error;
  return { ...difference, record, error: { code, message } };
}
