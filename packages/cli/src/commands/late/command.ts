import { defineCommand } from "../../command.ts";
import { commonFlags } from "../../common-flags.ts";
import { addressArgument } from "../../input/address.ts";
import { rangeFlags } from "../../input/range.ts";
import type { LateFlags } from "./run.ts";

export const late = defineCommand<LateFlags, [address?: string]>({
  brief: "Records that came, or were overwritten, since their day was closed",
  description: "Names each late record and ends with 3 where there are any. metering close --late adds them.",
  examples: [{ input: "s3://usage/prod --in 2025-08", brief: "What came after August was closed" }],
  parameters: {
    flags: {
      ...commonFlags,
      ...rangeFlags,
      arrivedOnly: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief: "Do not look for overwritten records: one listing and no downloads",
      },
    },
    positional: { kind: "tuple", parameters: [addressArgument] },
  },
  load: () => import("./run.ts"),
});
