import type { MeteringError } from "@metering/core";
import { printable } from "./printable.ts";
import type { Progress, ProgressLine, ProgressTask } from "./progress.ts";
import type { Style } from "./style.ts";
import type { TextStream } from "./text-stream.ts";

/** What a person should know beside the answer. It goes to stderr. */
export interface Messages {
  readonly style: Style;
  note(text: string): void;
  warn(text: string): void;
  /** Something in the storage that was left out, and why. */
  finding(finding: MeteringError): void;
  progress(task: ProgressTask): Progress;
}

export function createMessages(stream: TextStream, style: Style, progress: ProgressLine): Messages {
  const line = (text: string) => {
    progress.hide();
    // Nothing here is so long that waiting for its reader would matter.
    stream.write(`${text}\n`).catch(() => undefined);
  };
  const warn = (text: string) => {
    line(`${style.warning("warning:")} ${printable(text)}`);
  };
  return {
    style,
    note: (text) => {
      line(printable(text));
    },
    warn,
    finding: ({ code, message }) => {
      warn(`${code}: ${message}`);
    },
    progress: (task) => progress.start(task),
  };
}
