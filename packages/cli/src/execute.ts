import { isMeteringError } from "@metering/core";
import type { BasicFlags, CommonFlags } from "./common-flags.ts";
import { errorText } from "./error-text.ts";
import { exitCodes, type Outcome } from "./exit-code.ts";
import type { Host } from "./host.ts";
import { InterruptedError } from "./interrupts.ts";
import { createMessages } from "./output/messages.ts";
import { createOutput } from "./output/output.ts";
import { createProgressLine } from "./output/progress.ts";
import { styleFor } from "./output/style.ts";
import { ReaderGoneError, textStream } from "./output/text-stream.ts";
import type { Session } from "./session.ts";
import { createOpenedStorages } from "./storages/opened-storages.ts";
import { UsageError } from "./usage-error.ts";

/** Runs a command with what it needs. What it throws becomes a message for a person. Returns the exit code. */
export async function execute(
  { stdout, stderr, env, now, signal }: Host,
  { integers = "text", acceptSecrets, verbose }: BasicFlags & Partial<CommonFlags>,
  work: (session: Session) => Promise<Outcome>,
): Promise<number> {
  const errors = textStream(stderr, signal);
  const progress = createProgressLine(errors);
  const style = styleFor(stderr, env);
  const out = createOutput(textStream(stdout, signal), styleFor(stdout, env), progress, integers);
  const messages = createMessages(errors, style, progress);
  try {
    await using storages = createOpenedStorages(env, acceptSecrets ? "accept" : "refuse");
    const outcome = await work({ signal, now, env, out, messages, open: (named) => storages.open(named) });
    return exitCodes[outcome];
  } catch (error) {
    if (error instanceof ReaderGoneError) return exitCodes.clean;
    if (signal.aborted && signal.reason instanceof InterruptedError) {
      messages.note(`Interrupted. ${progress.soFar ?? "Nothing was changed"}.`);
      return exitCodes.interrupted;
    }
    progress.hide();
    stderr.write(`${style.bad("metering:")} ${errorText(error, verbose)}\n`);
    return error instanceof UsageError || isMeteringError(error, "invalid-argument")
      ? exitCodes.usage
      : exitCodes.failed;
  } finally {
    progress.hide();
  }
}
