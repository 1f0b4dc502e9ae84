import type { Integers } from "./output/json-line.ts";

/** Flags of every command. */
export interface BasicFlags {
  readonly acceptSecrets: boolean;
  readonly verbose: boolean;
}

/** Flags of every command whose answer another program may want. */
export interface CommonFlags extends BasicFlags {
  readonly json: boolean;
  readonly integers: Integers;
}

export const basicFlags = {
  acceptSecrets: {
    kind: "boolean",
    default: false,
    withNegated: false,
    brief: "Accept an address with secrets in it. Others on this machine can see it while the command runs",
  },
  verbose: { kind: "boolean", default: false, withNegated: false, brief: "Show causes and stacks of errors" },
} as const;

export const commonFlags = {
  json: { kind: "boolean", default: false, withNegated: false, brief: "Write NDJSON, one object a line" },
  integers: {
    kind: "enum",
    values: ["text", "number"],
    default: "text",
    brief: "With --json: integers beyond 2^53 as text, or as numbers, which many parsers round",
  },
  ...basicFlags,
} as const;
