import { ArgumentScannerError, formatMessageForArgumentScannerError } from "@stricli/core";
import { printable } from "./output/printable.ts";

/** What is wrong with the arguments. An address may hold secrets, so that what was given in its place is not repeated. */
export function argumentProblem(problem: unknown): string {
  if (!(problem instanceof ArgumentScannerError)) return `metering: ${messageOf(problem)}`;
  const text = formatMessageForArgumentScannerError(problem, {
    UnexpectedPositionalError: ({ expectedCount }) =>
      `there are too many arguments: this command takes ${expectedCount === 0 ? "none" : String(expectedCount)}.`,
    ArgumentParseError: ({ externalFlagNameOrPlaceholder, exception }) =>
      `--${externalFlagNameOrPlaceholder}: ${messageOf(exception)}`,
  });
  const sentence = /[.?!]$/u.test(text) ? text : `${text}.`;
  return printable(`metering: ${sentence} See --help.`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
