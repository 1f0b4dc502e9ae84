import { defineCommand } from "../../command.ts";
import { commonFlags } from "../../common-flags.ts";
import { addressArgument } from "../../input/address.ts";
import { graceFlag } from "../../input/duration.ts";
import { expectedFlags } from "../../input/expected.ts";
import { rangeFlags } from "../../input/range.ts";
import { scopeFlags } from "../../input/scope.ts";
import type { GapsFlags } from "./run.ts";

const { category, sharedPool } = scopeFlags;

export const gaps = defineCommand<GapsFlags, [address?: string]>({
  brief: "What is missing: which component, from when to when",
  description:
    "Looks for minutes in which a component has no record, an incomplete one, or one in several pools. Ends with 3 where there are any. Without --expect, it cannot find a component that is silent at the start of the range, at its end or all the time.",
  examples: [
    { input: "s3://usage/prod --in yesterday", brief: "Gaps between the reports of a day" },
    { input: "./usage --in 2025-08-22 --expect gateway/gw_01,gateway/gw_02", brief: "Also who was silent all day" },
  ],
  parameters: {
    flags: {
      ...commonFlags,
      ...rangeFlags,
      category,
      sharedPool,
      ...expectedFlags,
      grace: graceFlag,
      contents: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief: "Read part 0 of every record: also finds records of which only that is left",
      },
    },
    positional: { kind: "tuple", parameters: [addressArgument] },
  },
  load: () => import("./run.ts"),
});
