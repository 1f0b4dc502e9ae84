import type { ClosedPeriod, ClosedTotal, Closing } from "@metering/closing";
import { formatMoment } from "../../output/moments.ts";
import { counted, grouped } from "../../output/numbers.ts";
import type { Session } from "../../session.ts";

/** Writes what closed a period and what it comes to: each closing for a program, days and totals for a person. */
export async function showClosings(
  { out, messages }: Session,
  { json }: { readonly json: boolean },
  { days, totals }: ClosedPeriod,
): Promise<void> {
  const closings = days.flatMap((day) => day.closings);
  if (json) {
    for (const closing of closings) await out.json(jsonOf(closing));
    return;
  }
  await out.table<Closing>(
    [
      { title: "day", cell: ({ day }) => day },
      { title: "closing", cell: ({ number }) => (number === 0 ? "closed" : `addition ${number}`) },
      { title: "records", align: "right", cell: ({ records }) => String(records) },
      { title: "replaced", align: "right", cell: ({ replaced }) => String(replaced) },
      { title: "left out", align: "right", cell: ({ skipped }) => String(skipped) },
      {
        title: "missing minutes",
        align: "right",
        cell: ({ completeness }) => String(completeness?.states.missing ?? ""),
      },
      { title: "closed at (UTC)", cell: ({ closedAt }) => formatMoment(Math.floor(closedAt)) },
    ],
    closings,
  );
  await out.line("");
  await out.table<ClosedTotal>(
    [
      { title: "category", cell: ({ category }) => category },
      { title: "meter", cell: ({ meter }) => meter },
      {
        title: "total",
        align: "right",
        cell: ({ value }) => (out.isTerminal ? grouped(value) : value.toString()),
        mark: out.style.strong,
      },
      { title: "unit", cell: ({ unit }) => unit },
    ],
    totals,
  );
  messages.note(`${counted(days.length, "day")} closed by ${counted(closings.length, "closing")}.`);
}

function jsonOf({ day, number, closing, closedAt, records, replaced, skipped, completeness, totals }: Closing) {
  return {
    day,
    number,
    closing,
    closedAt,
    records,
    replaced,
    skipped,
    missingMinutes: completeness?.states.missing,
    totals: totals.map(({ category, meter, unit, value }) => ({ category, meter, unit, value })),
  };
}
