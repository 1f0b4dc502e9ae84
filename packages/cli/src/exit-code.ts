/** How a command ends. Scripts rely on the numbers. */
export const exitCodes = {
  /** Done, and nothing to report. */
  clean: 0,
  /** Not done: the storage failed, or the answer would be wrong. */
  failed: 1,
  /** Called the wrong way: nothing was read or changed. */
  usage: 2,
  /** Done, and there is something to look at: gaps, damaged files, late records. */
  findings: 3,
  /** Ended by Ctrl-C, as shells expect it. */
  interrupted: 130,
} as const;

/** What a command found, once it is done. */
export type Outcome = "clean" | "findings";
