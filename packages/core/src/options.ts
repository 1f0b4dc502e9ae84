import { MeteringError } from "./errors.ts";
import { describeIssues, type SchemaIssue } from "./issues.ts";

/** What is needed of a schema. Those of zod, of `zod/mini` and of every version of zod from 3 on have it. */
export interface OptionsSchema<Output> {
  safeParse(
    input: unknown,
  ):
    | { readonly success: true; readonly data: Output }
    | { readonly success: false; readonly error: { readonly issues: readonly SchemaIssue[] } };
}

/**
 * Checks options against a schema, once, where they enter. Values under a path that could hold a secret
 * (`credentials`, `token` …) are never printed.
 *
 * @param what What the options are for, such as `S3Storage`: for the message.
 * @throws `invalid-argument` with every field that breaks a rule.
 */
export function parseOptions<Output>(schema: OptionsSchema<Output>, input: unknown, what: string): Output {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new MeteringError(
    "invalid-argument",
    `Invalid options for ${what}: ${describeIssues(result.error.issues, input)}.`,
  );
}
