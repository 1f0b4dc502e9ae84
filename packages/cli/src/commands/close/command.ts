import { defineCommand } from "../../command.ts";
import { commonFlags } from "../../common-flags.ts";
import { addressArgument } from "../../input/address.ts";
import { graceFlag } from "../../input/duration.ts";
import { expectedFlags } from "../../input/expected.ts";
import { rangeFlags } from "../../input/range.ts";
import { UsageError } from "../../usage-error.ts";
import type { CloseFlags } from "./run.ts";

const off = { kind: "boolean", default: false, withNegated: false } as const;

export const close = defineCommand<CloseFlags, [address?: string]>({
  brief: "Close days for billing: their usage as Parquet that never changes",
  description:
    "Stores the usage of whole UTC days below metering/closed/. A day that is closed stays as it is: closing it again changes nothing. Records are never removed.",
  examples: [
    { input: "s3://usage/prod --in 2025-08", brief: "A month, day by day" },
    { input: "s3://usage/prod --in 2025-08 --late", brief: "What came late since, as a numbered addition" },
  ],
  parameters: {
    flags: {
      ...commonFlags,
      ...rangeFlags,
      late: { ...off, brief: "Add what came, or was overwritten, since a day was closed" },
      grace: graceFlag,
      leaveOut: {
        kind: "enum",
        values: ["incomplete", "anything"],
        optional: true,
        brief:
          "Close without incomplete records, which are late once complete, or without anything that cannot be billed",
      },
      includeDuplicates: { ...off, brief: "Count a writer's minute in several pools once for each" },
      values: {
        kind: "enum",
        values: ["uint64", "decimal"],
        default: "uint64",
        brief: "Type of amounts: decimal for Trino, Athena, Iceberg",
      },
      attributes: {
        kind: "parsed",
        parse: String,
        variadic: ",",
        optional: true,
        placeholder: "names",
        brief: "Attributes that get a column of their own",
      },
      numbers: {
        kind: "parsed",
        parse: parseNumber,
        variadic: ",",
        optional: true,
        placeholder: "name=unit",
        brief: "Plain numbers that count as metering values",
      },
      rollups: {
        kind: "enum",
        values: ["hour", "day"],
        variadic: ",",
        optional: true,
        brief: "Also store sums by hour or day",
      },
      ...expectedFlags,
    },
    positional: { kind: "tuple", parameters: [addressArgument] },
  },
  load: () => import("./run.ts"),
});

function parseNumber(text: string): readonly [string, string] {
  const [name = "", unit = "", ...others] = text.split("=");
  if (name !== "" && unit !== "" && others.length === 0) return [name, unit];
  throw new UsageError(`${JSON.stringify(text)} is no name with its unit. Give one such as requests=count.`);
}
