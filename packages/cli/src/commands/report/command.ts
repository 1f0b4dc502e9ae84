import { defineCommand } from "../../command.ts";
import { basicFlags } from "../../common-flags.ts";
import { addressArgument } from "../../input/address.ts";
import { graceFlag } from "../../input/duration.ts";
import { expectedFlags } from "../../input/expected.ts";
import { rangeFlags } from "../../input/range.ts";
import type { ReportFlags } from "./run.ts";

export const report = defineCommand<ReportFlags, [address?: string]>({
  brief: "One HTML file with totals over time, gaps, late records and who used most",
  description:
    "Reads every record of the range once. The file needs nothing else: no script, no font, no picture from elsewhere. It goes to --output, or to stdout where that is no terminal.",
  examples: [
    {
      input: "s3://usage/prod --in 2025-08 --by cluster_id --output august.html",
      brief: "A month and its top tenants",
    },
    { input: "./usage --from -24h > today.html", brief: "The last day" },
  ],
  parameters: {
    flags: {
      ...basicFlags,
      ...rangeFlags,
      by: {
        kind: "parsed",
        parse: String,
        optional: true,
        placeholder: "name",
        brief: "Show who used most, by this attribute or by category, component, self_id, shared_pool_id",
      },
      output: { kind: "parsed", parse: String, optional: true, placeholder: "file", brief: "Where to write it" },
      grace: graceFlag,
      ...expectedFlags,
    },
    positional: { kind: "tuple", parameters: [addressArgument] },
  },
  load: () => import("./run.ts"),
});
