import { defineCommand } from "../../command.ts";
import { commonFlags } from "../../common-flags.ts";
import { addressArgument } from "../../input/address.ts";
import { rangeFlags } from "../../input/range.ts";
import { scopeFlags } from "../../input/scope.ts";
import type { LsFlags } from "./run.ts";

export const ls = defineCommand<LsFlags, [address?: string]>({
  brief: "What is there: days, minutes, components, records, files",
  description:
    "Lists what is stored. Nothing is downloaded. Without a time or a name, the whole bucket is listed, with its metadata and closed days. Objects whose keys are none of ours are named on stderr, and the command ends with 3.",
  examples: [
    { input: "s3://usage/prod", brief: "An overview, one line a day" },
    { input: "s3://usage/prod --in 2025-08-22T08:00 --show records", brief: "The records of a minute" },
    { input: "./usage --show files --json", brief: "Every object, for another program" },
  ],
  parameters: {
    flags: {
      ...commonFlags,
      ...rangeFlags,
      ...scopeFlags,
      show: {
        kind: "enum",
        values: ["days", "minutes", "categories", "components", "records", "files"],
        default: "days",
        brief: "What a line stands for",
      },
    },
    positional: { kind: "tuple", parameters: [addressArgument] },
  },
  load: () => import("./run.ts"),
});
