import { counted, durationOf, grouped } from "./numbers.ts";
import type { TextStream } from "./text-stream.ts";

/** What is being done, for people who wait. */
export interface ProgressTask {
  /** As it reads once done: `Read`, `Copied`. */
  readonly done: string;
  /** What is counted: `record`, `file`. */
  readonly unit: string;
  /** How many there are, where that is known. */
  readonly total?: number | undefined;
}

/** Where a task stands. */
export interface Progress {
  /** Counts what has been done. `fraction`, from 0 to 1, is for tasks whose total is unknown. */
  add(count: number, fraction?: number): void;
  /** Takes the line away. What was done is remembered, in case the command is interrupted. */
  end(): void;
}

/** One line at the end of a terminal, drawn again and again; nothing elsewhere. */
export interface ProgressLine {
  start(task: ProgressTask): Progress;
  /** Takes the line away before other text is written. It is drawn again with the next progress. */
  hide(): void;
  /** What has been done so far, such as `Copied 3 of 10 records`, or `undefined`. */
  readonly soFar: string | undefined;
}

const redrawMs = 100;
const eraseLine = "\r\u001b[K";

export function createProgressLine(stream: TextStream): ProgressLine {
  let isShown = false;
  let describe: (() => string) | undefined;

  function hide(): void {
    if (!isShown) return;
    isShown = false;
    void stream.write(eraseLine);
  }

  return {
    hide,
    get soFar() {
      return describe?.();
    },
    start({ done, unit, total }) {
      const began = performance.now();
      let count = 0;
      let part: number | undefined;
      let drawnAt = began;
      describe = () =>
        total === undefined
          ? `${done} ${counted(count, unit)}`
          : `${done} ${grouped(count)} of ${counted(total, unit)}`;

      function draw(now: number): void {
        const seconds = (now - began) / 1000;
        const rate = count / seconds;
        const share = total === undefined ? part : count / total;
        const left = share === undefined || share <= 0 ? "" : `, ${durationOf((seconds * (1 - share)) / share)} left`;
        const text = `${describe?.() ?? ""}, ${grouped(Math.round(rate))}/s${left}`;
        void stream.write(eraseLine + text.slice(0, stream.columns - 1));
        isShown = true;
      }

      return {
        add(more, fraction) {
          count += more;
          part = fraction;
          const now = performance.now();
          if (!stream.isTerminal || now - drawnAt < redrawMs) return;
          drawnAt = now;
          draw(now);
        },
        end: hide,
      };
    },
  };
}
