import { once } from "node:events";
import type { HostStream } from "../host.ts";

/** Text that goes to a terminal, a pipe or a file. */
export interface TextStream {
  readonly isTerminal: boolean;
  /** Width of the terminal; 80 elsewhere. */
  readonly columns: number;
  /** Writes text. Waits while whoever reads it is slow, so that nothing piles up in memory. */
  write(text: string): Promise<void>;
}

/** Thrown when whoever read the output has stopped, such as `head`. Nothing went wrong. */
export class ReaderGoneError extends Error {
  override readonly name = "ReaderGoneError";
}

export function textStream(stream: HostStream, signal: AbortSignal): TextStream {
  let gone: Error | undefined;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    gone = error.code === "EPIPE" ? new ReaderGoneError("nobody reads the output any more") : error;
  });
  return {
    isTerminal: stream.isTTY === true,
    get columns() {
      // Some terminals say 0.
      return stream.columns || 80;
    },
    async write(text) {
      if (gone !== undefined) throw gone;
      if (stream.write(text)) return;
      try {
        await once(stream, "drain", { signal });
      } catch (error) {
        throw gone ?? signal.reason ?? error;
      }
    },
  };
}
