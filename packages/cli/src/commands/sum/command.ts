import { defineCommand } from "../../command.ts";
import { commonFlags } from "../../common-flags.ts";
import { addressArgument } from "../../input/address.ts";
import { rangeFlags } from "../../input/range.ts";
import { scopeFlags } from "../../input/scope.ts";
import type { SumFlags } from "./run.ts";

export const sum = defineCommand<SumFlags, [address?: string]>({
  brief: "Totals of metering values, by any attributes and over time",
  description:
    "Adds up the metering values of all complete records of a time range, exactly. What cannot be counted is named on stderr, and the command ends with 3.",
  examples: [
    { input: "s3://usage/prod --in 2025-08 --by cluster_id --per day", brief: "A month, tenant by tenant" },
    { input: "./usage --from -1h --json", brief: "The last hour, for another program" },
  ],
  parameters: {
    flags: {
      ...commonFlags,
      ...rangeFlags,
      ...scopeFlags,
      by: {
        kind: "parsed",
        parse: String,
        variadic: ",",
        optional: true,
        placeholder: "names",
        brief: "One total for each value of these attributes, or of category, component, self_id, shared_pool_id",
      },
      per: {
        kind: "enum",
        values: ["minute", "hour", "day", "month"],
        optional: true,
        brief: "One total for each of these, in UTC",
      },
    },
    positional: { kind: "tuple", parameters: [addressArgument] },
  },
  load: () => import("./run.ts"),
});
