import type { ComponentState } from "@metering/closing";
import { formatMoment, formatRange } from "../../../output/moments.ts";
import type { Span } from "../../../input/moment.ts";
import { isWrong, type ComponentStates } from "../fleet-states.ts";
import { html, type Html } from "./html.ts";

/** Rows beyond are of components that are complete, or less wrong than those shown. */
const mostRows = 60;

const looks: Readonly<Record<ComponentState, string>> = {
  missing: "missing",
  incomplete: "incomplete",
  duplicate: "duplicate",
  unknown: "there",
  present: "there",
  empty: "there",
  open: "open",
};

const legend = [
  ["there", "there"],
  ["missing", "missing"],
  ["incomplete", "incomplete"],
  ["duplicate", "in several pools"],
  ["open", "may still come"],
] as const;

const width = 1000;
// A gap of one minute in a month would be too narrow to be seen.
const narrowest = 3;

/** Components × minutes: where usage is missing. */
export function heatMap(components: readonly ComponentStates[], { from, to }: Span): Html {
  const rows = [...components].sort((a, b) => b.wrongMinutes - a.wrongMinutes).slice(0, mostRows);
  const isShown = new Set(rows);
  const shown = components.filter((component) => isShown.has(component));
  const x = (minute: number) => ((minute - from) / (to - from)) * width;
  return html`<ul class="legend">
      ${legend.map(([look, meaning]) => html`<li><i class="${look}"></i>${meaning}</li>`)}
    </ul>
    <div class="strips">
      <span></span
      ><span class="faint" style="display:flex;justify-content:space-between"
        ><span>${formatMoment(from)}</span><span>${formatMoment(to)}</span></span
      >
      ${shown.map((component) => strip(component, x))}
    </div>
    ${components.length > shown.length ? html`<p class="faint">${components.length - shown.length} more components are not drawn: the ${mostRows} with most minutes missing are.</p>` : ""}`;
}

function strip({ category, component, ranges, wrongMinutes }: ComponentStates, x: (minute: number) => number): Html {
  // Drawn last, what is wrong covers its neighbours where it is made wider.
  const drawn = [...ranges.filter((range) => !isWrong(range)), ...ranges.filter(isWrong)];
  const rects = drawn.map((range) => {
    const length = x(range.to) - x(range.from);
    const drawnLength = isWrong(range) ? Math.max(length, narrowest) : length;
    const title = `${range.state}: ${formatRange(range.from, range.to)} UTC`;
    return html`<rect
      class="${looks[range.state]}"
      x="${x(range.from).toFixed(2)}"
      y="0"
      width="${drawnLength.toFixed(2)}"
      height="16"
      ><title>${title}</title></rect
    >`;
  });
  const name = `${category}/${component}`;
  return html`<span>${name}</span
    ><svg
      viewBox="0 0 ${width} 16"
      preserveAspectRatio="none"
      role="img"
      aria-label="${name}: ${wrongMinutes} minutes missing, incomplete or stored twice"
    >
      ${rects}
    </svg>`;
}
