import type { CommandContext, StricliProcess } from "@stricli/core";
import type { BasicFlags, CommonFlags } from "./common-flags.ts";
import type { Outcome } from "./exit-code.ts";
import type { Session } from "./session.ts";

/** What the framework hands to parsers and commands. */
export interface CliContext extends CommandContext {
  readonly process: StricliProcess;
  /** When the command began, in Unix seconds. */
  readonly now: number;
  /** Runs a command, and turns what it throws into a message and an exit code. */
  execute(flags: BasicFlags & Partial<CommonFlags>, work: (session: Session) => Promise<Outcome>): Promise<void>;
}
