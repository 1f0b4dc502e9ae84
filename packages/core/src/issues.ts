import { shorten } from "./storage-key.ts";

/** One broken rule, as zod tells it. */
export interface SchemaIssue {
  readonly path: readonly PropertyKey[];
  /** The rule, as the end of a sentence about the field: "must be …". */
  readonly message: string;
  readonly code?: string | undefined;
  /** With the code `unrecognized_keys`: the fields that the schema does not know. */
  readonly keys?: readonly string[] | undefined;
}

const secretPath = /credential|secret|token|password|access.?key/i;

/** One clause for each broken rule: field, rule, and the value unless it could be a secret. */
export function describeIssues(issues: readonly SchemaIssue[], input: unknown): string {
  return issues.map((issue) => describeIssue(issue, input)).join("; ");
}

function describeIssue(issue: SchemaIssue, input: unknown): string {
  const path = issue.path.map(String).join(".");
  const field = path === "" ? "" : `${path}: `;
  if (issue.code === "unrecognized_keys") return `${(issue.keys ?? []).join(", ")}: no such field`;
  const value = issue.path.reduce<unknown>(
    (at, step) => (typeof at === "object" && at !== null ? Reflect.get(at, step) : undefined),
    input,
  );
  if (value === undefined) return `${field}required`;
  // An address may hold a password in front of an "@".
  const isSecret = secretPath.test(path) || (typeof value === "string" && value.includes("@"));
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
