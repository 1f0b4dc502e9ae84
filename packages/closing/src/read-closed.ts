import { parseOptions, type ObjectStorage } from "@metering/core";
import { closedDay, createClosedPeriod, type ClosedPeriod } from "./closed-period.ts";
import { readClosingsByDay } from "./manifest.ts";
import { closedSchema, type ClosedOptions } from "./options.ts";
import { daysOf, type Period } from "./period.ts";

/**
 * Reads a closed period. Totals come from manifests alone: one listing and one small download a day.
 *
 * @throws `period-open` if a day of it is not closed; `invalid-format` for a manifest that this version cannot read; the
 *   storage's errors; the signal's reason.
 */
export async function readClosed(storage: ObjectStorage, options: Period & ClosedOptions): Promise<ClosedPeriod> {
  const parsed = parseOptions(closedSchema, options, "readClosed");
  const days = daysOf(parsed);
  const [{ day: first }] = days;
  const last = days.at(-1)?.day ?? first;
  const byDay = await readClosingsByDay(storage, { first, last }, { signal: parsed.signal });
  return createClosedPeriod(
    storage,
    days.map(({ day }) => closedDay(storage, day, byDay.get(day) ?? [])),
  );
}
