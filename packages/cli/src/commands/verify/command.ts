import { defineCommand } from "../../command.ts";
import { commonFlags } from "../../common-flags.ts";
import { addressArgument } from "../../input/address.ts";
import { rangeFlags } from "../../input/range.ts";
import { scopeFlags } from "../../input/scope.ts";
import type { VerifyFlags } from "./run.ts";

export const verify = defineCommand<VerifyFlags, [address?: string]>({
  brief: "Reads every file and names what is wrong with it",
  description:
    "Errors make an invoice wrong, warnings are records that may still become complete, notices are harmless. The command ends with 3 if there are any. Closed days are checked by metering closed --verify.",
  examples: [
    { input: "s3://usage/prod", brief: "The whole bucket" },
    { input: "s3://usage/prod --in 2025-08", brief: "The records of a month" },
    { input: "s3://usage/prod --fix --dry-run", brief: "What --fix would remove" },
  ],
  parameters: {
    flags: {
      ...commonFlags,
      ...rangeFlags,
      ...scopeFlags,
      fix: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief: "Remove leftovers: pages that the stored part 0 of their record does not name. Nothing else is changed",
      },
      dryRun: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief: "With --fix: remove nothing, say what would be",
      },
    },
    positional: { kind: "tuple", parameters: [addressArgument] },
  },
  load: () => import("./run.ts"),
});
