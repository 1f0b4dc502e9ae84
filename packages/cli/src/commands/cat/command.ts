import { defineCommand } from "../../command.ts";
import { commonFlags } from "../../common-flags.ts";
import { rangeFlags } from "../../input/range.ts";
import { scopeFlags } from "../../input/scope.ts";
import type { CatFlags } from "./run.ts";

export const cat = defineCommand<CatFlags, string[]>({
  brief: "The content of files, of a record, or of a range of records",
  description:
    "Writes NDJSON, one element a line with the fields of its record, whether --json is given or not. Files and records are named by their keys, a record without its part and ending. Integers beyond 2^53 are text, unless --integers number is given. Damaged files in a range are named on stderr, and the command ends with 3.",
  examples: [
    { input: "s3://usage/prod metering/ru/1755849600/tidb-server/tidb01-0.json.gz", brief: "One file" },
    { input: "s3://usage/prod metering/ru/1755849600/tidb-server/tidb01 --pretty", brief: "A record, all its pages" },
    { input: "./usage --in 2025-08-22T08 --category tidb-server", brief: "The complete records of an hour" },
  ],
  parameters: {
    flags: {
      ...commonFlags,
      ...rangeFlags,
      ...scopeFlags,
      pretty: {
        kind: "boolean",
        default: false,
        withNegated: false,
        brief: "Write one JSON object for each file or record, over several lines",
      },
    },
    positional: {
      kind: "array",
      parameter: {
        brief: "Address of the storage, if it is not $METERING_STORAGE, and keys",
        placeholder: "address or key",
        parse: String,
      },
    },
  },
  load: () => import("./run.ts"),
});
