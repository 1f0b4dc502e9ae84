import { defineCommand } from "../../command.ts";
import { commonFlags } from "../../common-flags.ts";
import { addressArgument } from "../../input/address.ts";
import { rangeFlags } from "../../input/range.ts";
import type { ClosedFlags } from "./run.ts";

export const closed = defineCommand<ClosedFlags, [address?: string]>({
  brief: "What closed days come to, and whether that is still true",
  description:
    "Totals come from the manifests alone, additions included. With --verify, every record and every closed file is read instead, and each difference is named: the command ends with 3 where there are any.",
  examples: [
    { input: "s3://usage/prod --in 2025-08", brief: "The month as it was closed" },
    { input: "s3://usage/prod --in 2025-08-22 --verify", brief: "Compare a day with its records" },
  ],
  parameters: {
    flags: {
      ...commonFlags,
      ...rangeFlags,
      verify: { kind: "boolean", default: false, withNegated: false, brief: "Compare with every record and file" },
    },
    positional: { kind: "tuple", parameters: [addressArgument] },
  },
  load: () => import("./run.ts"),
});
