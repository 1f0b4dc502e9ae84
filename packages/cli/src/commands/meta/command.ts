import { defineCommand } from "../../command.ts";
import { commonFlags } from "../../common-flags.ts";
import { addressArgument } from "../../input/address.ts";
import { momentFlag } from "../../input/range.ts";
import type { MetaFlags } from "./run.ts";

const name = { kind: "parsed", parse: String, optional: true, placeholder: "name" } as const;

export const meta = defineCommand<MetaFlags, [address?: string]>({
  brief: "Metadata: clusters, versions, the one in force, what changed",
  description:
    "Lists the clusters that have metadata. With --cluster, its versions; with --at too, the one in force at a time; with --since, what changed from that time to --at.",
  examples: [
    { input: "s3://usage/prod", brief: "All clusters" },
    { input: "s3://usage/prod --cluster lc-1 --at 2025-08-22T08:00", brief: "What was in force at a time" },
    {
      input: "s3://usage/prod --cluster lc-1 --since 2025-08",
      brief: "What changed from the beginning of August until now",
    },
  ],
  parameters: {
    flags: {
      ...commonFlags,
      cluster: { ...name, brief: "This cluster" },
      type: { kind: "enum", values: ["logic", "sharedpool"], optional: true, brief: "Only metadata of this type" },
      category: { ...name, brief: "Only metadata for this category" },
      at: { ...momentFlag, brief: "The version in force at this time, in UTC: 2025-08-22T08:00, yesterday, now" },
      since: { ...momentFlag, brief: "What changed since this time. Until --at, or now" },
    },
    positional: { kind: "tuple", parameters: [addressArgument] },
  },
  load: () => import("./run.ts"),
});
