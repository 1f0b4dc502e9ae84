import { buildApplication, buildRouteMap, text_en, type Application } from "@stricli/core";
import { argumentProblem } from "./argument-problem.ts";
import type { CliContext } from "./cli-context.ts";
import { cat } from "./commands/cat/command.ts";
import { close } from "./commands/close/command.ts";
import { closed } from "./commands/closed/command.ts";
import { gaps } from "./commands/gaps/command.ts";
import { late } from "./commands/late/command.ts";
import { ls } from "./commands/ls/command.ts";
import { meta } from "./commands/meta/command.ts";
import { report } from "./commands/report/command.ts";
import { sum } from "./commands/sum/command.ts";
import { verify } from "./commands/verify/command.ts";

/** The commands, in the order in which help lists them. */
const routes = { ls, cat, sum, gaps, verify, meta, close, late, closed, report };

export function createApplication(version: string): Application<CliContext> {
  const root = buildRouteMap<keyof typeof routes, CliContext>({
    routes,
    docs: {
      brief: "Looks into, checks, sums, closes and copies metering records in object storage",
    },
  });
  return buildApplication(root, {
    name: "metering",
    versionInfo: { currentVersion: version },
    scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
    documentation: { caseStyle: "convert-camel-to-kebab", onlyRequiredInUsageLine: true, disableAnsiColor: true },
    localization: {
      text: {
        ...text_en,
        exceptionWhileParsingArguments: argumentProblem,
        noCommandRegisteredForInput: ({ corrections }) =>
          `metering: there is no such command.${corrections.length === 0 ? "" : ` Did you mean ${corrections.join(" or ")}?`} See metering --help.`,
      },
    },
  });
}
