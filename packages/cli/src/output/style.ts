import { styleText } from "node:util";

/** Marks text for people. Each returns it as it is where colours are unwelcome. */
export interface Style {
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly good: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly bad: (text: string) => string;
}

/** Where text goes, as far as colours are concerned. */
export interface StyledStream {
  readonly isTTY?: boolean | undefined;
}

/** Colours on a terminal, unless `NO_COLOR` is set or the terminal is dumb; `FORCE_COLOR` sets them everywhere. */
export function styleFor(stream: StyledStream, env: Readonly<Partial<Record<string, string>>>): Style {
  const forced = env["FORCE_COLOR"] !== undefined && env["FORCE_COLOR"] !== "0";
  const wanted = forced || (stream.isTTY === true && env["TERM"] !== "dumb");
  const coloured = wanted && (env["NO_COLOR"] ?? "") === "";
  const mark = (format: Parameters<typeof styleText>[0]) => (text: string) =>
    coloured ? styleText(format, text) : text;
  return {
    strong: mark("bold"),
    faint: mark("dim"),
    good: mark("green"),
    warning: mark("yellow"),
    bad: mark("red"),
  };
}
