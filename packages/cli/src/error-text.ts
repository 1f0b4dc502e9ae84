import { inspect } from "node:util";
import { isMeteringError } from "@metering/core";
import { printable } from "./output/printable.ts";
import { UsageError } from "./usage-error.ts";

/** What a person reads when a command fails: what, where, why. Stacks only if asked for. */
export function errorText(error: unknown, verbose: boolean): string {
  if (verbose) return inspect(error);
  if (error instanceof UsageError) return printable(error.message);
  if (!isMeteringError(error)) {
    return `${printable(messageOf(error))}\n  This was not expected. Run it again with --verbose to see where it comes from.`;
  }
  const lines = [printable(error.message), `  code: ${error.code}`];
  if (error.key !== undefined) lines.push(`  key: ${printable(error.key)}`);
  if (error.storage !== undefined) lines.push(`  storage: ${printable(error.storage)}`);
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    lines.push(`  cause: ${printable(messageOf(cause))}`);
  }
  return lines.join("\n");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
