import { grouped } from "../../../output/numbers.ts";
import { shortAmount } from "../../../output/short-amount.ts";
import { html, type Html } from "./html.ts";

/** Bars over time. */
export interface BarChart {
  /** What it shows, for those who cannot see it. */
  readonly title: string;
  readonly unit: string;
  /** One a bar. */
  readonly labels: readonly string[];
  readonly values: readonly bigint[];
}

const [width, height, top, bottom] = [360, 150, 14, 18] as const;
const room = height - top - bottom;

export function barChart({ title, unit, labels, values }: BarChart): Html {
  const largest = values.reduce((most, value) => (value > most ? value : most), 0n);
  const step = width / Math.max(values.length, 1);
  const gap = step > 4 ? Math.min(2, step / 5) : 0;
  const bars = values.map((value, index) => {
    const length = largest === 0n ? 0 : (Number((value * 10_000n) / largest) / 10_000) * room;
    const [x, y] = [(index * step + gap / 2).toFixed(2), (top + room - length).toFixed(2)];
    return html`<rect class="bar" x="${x}" y="${y}" width="${(step - gap).toFixed(2)}" height="${length.toFixed(2)}"
      ><title>${labels[index] ?? ""}: ${grouped(value)} ${unit}</title></rect
    >`;
  });
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">
    <text x="0" y="10">${shortAmount(largest)}</text>
    ${bars}
    <line class="axis" x1="0" x2="${width}" y1="${top + room}" y2="${top + room}" />
    <text x="0" y="${height - 4}">${labels[0] ?? ""}</text>
    <text x="${width}" y="${height - 4}" text-anchor="end">${labels.length > 1 ? (labels.at(-1) ?? "") : ""}</text>
  </svg>`;
}
