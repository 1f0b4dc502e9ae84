import type { Writable } from "node:stream";

/** A stream of the process: a terminal, a pipe or a file. */
export type HostStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** The process that the command runs in, as far as it is concerned. */
export interface Host {
  readonly stdout: HostStream;
  readonly stderr: HostStream;
  readonly env: Readonly<Partial<Record<string, string>>>;
  /** When it began, in Unix seconds. */
  readonly now: number;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}
