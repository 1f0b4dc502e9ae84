import type { MeteringError } from "@metering/core";
import { formatMoment, formatRange } from "../../../output/moments.ts";
import { textOf } from "../../../output/attribute-text.ts";
import { counted, grouped } from "../../../output/numbers.ts";
import type { Span } from "../../../input/moment.ts";
import type { Sum } from "../../sum/tally.ts";
import { formatBucket } from "../../sum/time-bucket.ts";
import type { ClosedDays } from "../closed-days.ts";
import { isWrong, type ComponentStates } from "../fleet-states.ts";
import { largestGroups } from "../largest-groups.ts";
import type { UsageFigures } from "../usage-figures.ts";
import { barChart } from "./bar-chart.ts";
import { heatMap } from "./heat-map.ts";
import { html, type Html } from "./html.ts";
import { styles } from "./styles.ts";
import { htmlTable } from "./table.ts";

/** All that a report says. */
export interface Report extends Span {
  /** Where the records are, without secrets. */
  readonly address: string;
  /** When it was made, in Unix seconds. */
  readonly made: number;
  readonly by: string | undefined;
  readonly usage: UsageFigures;
  readonly components: readonly ComponentStates[];
  readonly closed: ClosedDays;
  readonly findings: Findings;
  /** Whether who should report was learned from the range. */
  readonly isLearned: boolean;
}

/** What could not be used: how many, and the first of them. */
export interface Findings {
  readonly count: number;
  readonly first: readonly MeteringError[];
}

export function reportDocument(report: Report): string {
  const { from, to, address, made } = report;
  const title = `Usage from ${formatRange(from, to)} UTC`;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="icon" href="data:," />
        <style>
          ${{ html: styles }}
        </style>
      </head>
      <body>
        <header>
          <h1>${title}</h1>
          <p class="faint">${address}. Made on ${formatMoment(made)} UTC.</p>
          ${figures(report)}
        </header>
        <main>
          ${overTime(report)}${whoUsedMost(report)}${isEverythingThere(report)}${closedDays(report)}${leftOut(report)}
        </main>
      </body>
    </html> `;
  return page.html;
}

function figures({ usage, components, closed, findings }: Report): Html {
  const minutes = components.reduce((sum, { wrongMinutes }) => sum + wrongMinutes, 0);
  return html`<dl class="figures">
    ${figure("complete records", usage.records)}${figure("components", components.length)}
    ${figure("minutes with gaps", minutes, true)}${figure("late records", closed.late.length, true)}
    ${figure("files left out", findings.count, true)}${figure("closed days", closed.days.length)}
  </dl>`;
}

function figure(name: string, count: number, mayBeWrong = false): Html {
  return html`<div class="${mayBeWrong && count > 0 ? "wrong" : ""}">
    <dt>${name}</dt>
    <dd>${grouped(count)}</dd>
  </div>`;
}

function overTime({ usage }: Report): Html {
  if (usage.series.length === 0)
    return html`<h2>Totals</h2>
      <p>Nothing was metered.</p>`;
  const labels = usage.buckets.map((start) => formatBucket(start, usage.bucket));
  return html`<h2>Totals, a bar ${usage.bucket === "hour" ? "an" : "a"} ${usage.bucket}</h2>
    <div class="charts">
      ${usage.series.map(
        ({ category, meter, unit, total, values }) =>
          html`<section class="chart">
            <h3>${category}: ${meter}</h3>
            <p class="total">${grouped(total)} <span class="faint">${unit}</span></p>
            ${barChart({ title: `${category}: ${meter} over time`, unit, labels, values })}
          </section>`,
      )}
    </div>`;
}

function whoUsedMost({ by, usage }: Report): Html {
  if (by === undefined || usage.groups.length === 0) return html``;
  return html`<h2>Who used most, by ${by}</h2>
    <div class="charts">
      ${largestGroups(usage.groups).map(({ meter, unit, groups, others }) => {
        const share = ({ value }: Sum) =>
          html`<i style="width:${Number((value * 100n) / (groups[0]?.value || 1n))}%"></i>`;
        return html`<section class="chart">
          <h3>${meter}</h3>
          ${htmlTable<Sum>(
            [
              { title: by, cell: ({ group }) => textOf(group[0]) },
              { title: unit, cell: ({ value }) => grouped(value), isNumber: true },
              { title: "", cell: share },
            ],
            groups,
          )}${others > 0 ? html`<p class="faint">And ${others} more.</p>` : ""}
        </section>`;
      })}
    </div>`;
}

function isEverythingThere({ components, from, to, isLearned }: Report): Html {
  if (components.length === 0) return html``;
  const gaps = components.flatMap(({ ranges }) => ranges.filter(isWrong));
  const learned = isLearned
    ? html`<p class="faint">
        Who should report was learned from the range, from first to last report of each. A component that was silent at
        its start, at its end or all the time is not seen.
      </p>`
    : html``;
  return html`<h2>Is everything there</h2>
    ${learned}${heatMap(components, { from, to })}${
      gaps.length === 0
        ? html`<p>No minute is missing.</p>`
        : htmlTable(
            [
              { title: "state", cell: ({ state }) => state },
              { title: "component", cell: ({ category, component }) => `${category}/${component}` },
              { title: "from, to (UTC)", cell: (range) => formatRange(range.from, range.to) },
              { title: "minutes", cell: (range) => grouped((range.to - range.from) / 60), isNumber: true },
            ],
            gaps,
          )
    }`;
}

function closedDays({ closed }: Report): Html {
  const closings = closed.days.flatMap((day) => day.closings);
  if (closings.length === 0) return html``;
  const late =
    closed.late.length === 0
      ? html`<p>Nothing came late.</p>`
      : html`<h3>${counted(closed.late.length, "late record")}</h3>
          ${htmlTable(
            [
              { title: "late", cell: ({ kind }) => kind },
              { title: "minute (UTC)", cell: ({ timestamp }) => formatMoment(timestamp) },
              { title: "record", cell: ({ category, selfId }) => `${category}/${selfId}` },
            ],
            closed.late,
          )}`;
  return html`<h2>Closed days</h2>
    ${htmlTable(
      [
        { title: "day", cell: ({ day }) => day },
        { title: "closing", cell: ({ number }) => (number === 0 ? "closed" : `addition ${number}`) },
        { title: "at (UTC)", cell: ({ closedAt }) => formatMoment(Math.floor(closedAt)) },
        { title: "records", cell: ({ records }) => grouped(records), isNumber: true },
        { title: "left out", cell: ({ skipped }) => grouped(skipped), isNumber: true },
      ],
      closings,
    )}${late}`;
}

function leftOut({ findings: { count, first } }: Report): Html {
  if (count === 0) return html``;
  const more =
    count > first.length ? html`<p class="faint">And ${count - first.length} more. See metering verify.</p>` : html``;
  return html`<h2>Left out</h2>
    <p>These files could not be used, and no total has them.</p>
    ${htmlTable(
      [
        { title: "why", cell: ({ code }) => code },
        { title: "file", cell: ({ key, message }) => key ?? message },
      ],
      first,
    )}${more}`;
}
