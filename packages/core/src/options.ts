import type * as z from "zod/mini";
import { MeteringError } from "./errors.ts";
import { shorten } from "./storage-key.ts";

const secretPath = /credential|secret|token|password|access.?key/i;

/** One line for each rule that was broken: field, rule, and the value unless it could be a secret. */
function describeIssue(issue: z.core.$ZodIssue, input: unknown): string {
  const path = issue.path.map(String).join(".");
  const field = path === "" ? "the value" : path;
  if (issue.code === "unrecognized_keys") return `${issue.keys.join(", ")}: no such option`;
  const value = issue.path.reduce<unknown>(
    (at, step) => (typeof at === "object" && at !== null ? Reflect.get(at, step) : undefined),
    input,
  );
  if (value === undefined && issue.code === "invalid_type") return `${field}: required`;
  const printable = typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  const shown = printable && !secretPath.test(path) ? `, got ${shorten(String(value))}` : "";
  return `${field}: ${issue.message}${shown}`;
}

/**
 * Checks options against a schema, once, where they enter. Values under a path that could hold a secret
 * (`credentials`, `token` …) are never printed.
 *
 * @param what Name of what is being made, for the message, such as `S3Storage`.
 * @throws `invalid-argument`, naming every field that breaks a rule.
 */
export function parseOptions<Schema extends z.ZodMiniType>(
  schema: Schema,
  input: unknown,
  what: string,
): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => describeIssue(issue, input));
  throw new MeteringError("invalid-argument", `Invalid options for ${what}: ${problems.join("; ")}.`);
}
