import type * as z from "zod/mini";
import { shorten } from "./storage-key.ts";

const secretPath = /credential|secret|token|password|access.?key/i;

/** One clause for each broken rule: field, rule, and the value unless it could be a secret. */
export function describeIssues(error: z.core.$ZodError, input: unknown): string {
  return error.issues.map((issue) => describeIssue(issue, input)).join("; ");
}

function describeIssue(issue: z.core.$ZodIssue, input: unknown): string {
  const path = issue.path.map(String).join(".");
  const field = path === "" ? "" : `${path}: `;
  if (issue.code === "unrecognized_keys") return `${issue.keys.join(", ")}: no such field`;
  const value = issue.path.reduce<unknown>(
    (at, step) => (typeof at === "object" && at !== null ? Reflect.get(at, step) : undefined),
    input,
  );
  if (value === undefined && issue.code === "invalid_type") return `${field}required`;
  // An address may hold a password in front of an "@".
  const isSecret = secretPath.test(path) || String(value).includes("@");
  const shown = isSecret ? undefined : printed(value);
  return `${field}${issue.message}${shown === undefined ? "" : `, got ${shown}`}`;
}

function printed(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return shorten(value);
    case "bigint":
      return `${shorten(String(value)).slice(1, -1)}n`;
    case "number":
    case "boolean":
      return String(value);
    default:
      return undefined;
  }
}
