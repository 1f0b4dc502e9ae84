import type { CompletenessRange, ComponentState } from "@metering/closing";
import stringWidth from "string-width";
import { formatMoment } from "../../output/moments.ts";
import { printable } from "../../output/printable.ts";
import type { Style } from "../../output/style.ts";

/** How a cell shows the states in its stretch of time: the first of these that is there. */
const cells = [
  { state: "missing", sign: "░", mark: "bad", meaning: "missing" },
  { state: "incomplete", sign: "▒", mark: "warning", meaning: "incomplete" },
  { state: "duplicate", sign: "▓", mark: "warning", meaning: "in several pools" },
  { state: "unknown", sign: "█", mark: "good", meaning: "there" },
  { state: "present", sign: "█", mark: "good", meaning: "there" },
  { state: "empty", sign: "█", mark: "good", meaning: "there" },
  { state: "open", sign: "·", mark: "faint", meaning: "open" },
] as const satisfies readonly {
  readonly state: ComponentState;
  readonly mark: keyof Style;
  readonly [field: string]: string;
}[];

const rank: ReadonlyMap<ComponentState, number> = new Map(cells.map(({ state }, index) => [state, index]));

/** A strip of time for each component, one character for an equal share of it. */
export interface Strips {
  add(range: CompletenessRange): void;
  lines(style: Style): readonly string[];
}

/** Draws the time from `from` to `to` on lines of `columns` characters, whatever the number of ranges. */
export function createStrips(from: number, to: number, columns: number): Strips {
  const components = new Map<string, Uint8Array>();
  const minutes = (to - from) / 60;
  const width = Math.max(10, Math.min(minutes, 96, columns - 30));
  const nothing = cells.length;

  return {
    add({ category, component, state, from: first, to: end }) {
      const name = printable(`${category}/${component}`);
      let strip = components.get(name);
      if (strip === undefined) components.set(name, (strip = new Uint8Array(width).fill(nothing)));
      const cellOf = (minute: number) => ((minute - from) / (to - from)) * width;
      for (let cell = Math.floor(cellOf(first)); cell < Math.ceil(cellOf(end)); cell++) {
        strip[cell] = Math.min(strip[cell] ?? nothing, rank.get(state) ?? nothing);
      }
    },
    lines(style) {
      const names = [...components.keys()].sort();
      const nameWidth = Math.max(...names.map((name) => stringWidth(name)));
      const strips = names.map((name) => {
        const drawn = runs(components.get(name) ?? []).map(({ index, length }) => {
          const cell = cells[index];
          return cell === undefined ? " ".repeat(length) : style[cell.mark](cell.sign.repeat(length));
        });
        return `${name}${" ".repeat(nameWidth - stringWidth(name))}  ${drawn.join("")}`;
      });
      const [start, end] = [formatMoment(from), formatMoment(to)];
      const indent = " ".repeat(nameWidth + 2);
      const ruler = `${indent}${start}${end.padStart(Math.max(width - start.length, end.length + 1))}`;
      const used = new Set([...components.values()].flatMap((strip) => [...strip]));
      const legend = new Map(
        cells.flatMap(({ sign, mark, meaning }, index) => (used.has(index) ? [[meaning, style[mark](sign)]] : [])),
      );
      return [
        style.faint(ruler),
        ...strips,
        "",
        indent + [...legend].map(([meaning, sign]) => `${sign} ${meaning}`).join("   "),
        "",
      ];
    },
  };
}

/** Neighbours that are equal, as one: a terminal is told of a colour once, not for every cell. */
function runs(strip: Iterable<number>): readonly { readonly index: number; readonly length: number }[] {
  const found: { readonly index: number; length: number }[] = [];
  for (const index of strip) {
    const last = found.at(-1);
    if (last?.index === index) last.length++;
    else found.push({ index, length: 1 });
  }
  return found;
}
