import type * as z from "zod/mini";
import { MeteringError } from "./errors.ts";
import { describeIssues } from "./issues.ts";

/**
 * Checks options against a schema, once, where they enter. Values under a path that could hold a secret
 * (`credentials`, `token` …) are never printed.
 *
 * @param what What the options are for, such as `S3Storage`: for the message.
 * @throws `invalid-argument` with every field that breaks a rule.
 */
export function parseOptions<Schema extends z.ZodMiniType>(
  schema: Schema,
  input: unknown,
  what: string,
): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new MeteringError("invalid-argument", `Invalid options for ${what}: ${describeIssues(result.error, input)}.`);
}
