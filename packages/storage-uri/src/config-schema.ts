import { identifierProblem, MeteringError } from "@metering/core";
import { pattern } from "@metering/schema";
import type { $ZodType } from "zod/v4/core";
import * as z from "zod/mini";
import type { StorageConfig } from "./config.ts";

/** Whether a value is set. */
export const isSet = <Value>(value: Value | "" | null | undefined): value is Value =>
  value !== undefined && value !== null && value !== "";

const hasLoneSurrogate = (value: string): boolean => /\p{Surrogate}/u.test(value);

const isEndpoint = (value: string): boolean => URL.canParse(/^https?:\/\//.test(value) ? value : `https://${value}`);

// No message of this schema quotes a value, because any of them may hold a secret by mistake.
const schema = /* @__PURE__ */ (() => {
  const string = z
    .string("must be a text")
    .check(z.refine((value) => !hasLoneSurrogate(value), "must be well-formed Unicode"));
  const text = z.nullish(string);
  const flag = z.nullish(z.boolean("must be true or false"));
  const common = {
    prefix: text,
    "shared-pool-id": z.nullish(
      string.check(
        z.refine((value) => value === "" || identifierProblem(value) === undefined, "must be an identifier"),
      ),
    ),
  };
  const bucket = {
    ...common,
    bucket: pattern(
      /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      "must be the name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens",
    ),
    endpoint: z.nullish(
      string.check(
        z.refine(
          (value) => value === "" || (!/[@?#]/.test(value) && isEndpoint(value)),
          'must be a URL such as "https://s3.example.com", without user and query',
        ),
      ),
    ),
  };
  const keys = { "assume-role-arn": text, "access-key": text, "secret-access-key": text, "session-token": text };
  const inPairs = z.refine<{ [Name in keyof typeof keys]?: string | null | undefined }>(
    (given) =>
      isSet(given["access-key"]) === isSet(given["secret-access-key"]) &&
      (isSet(given["access-key"]) || !isSet(given["session-token"])),
    "access-key and secret-access-key must be given together, and session-token only with them",
  );
  const azure = z.strictObject({ "account-name": text, "account-key": text, "sas-token": text }).check(
    z.refine((given) => !isSet(given["account-key"]) || isSet(given["account-name"]), "account-key needs account-name"),
    z.refine(
      (given) => !isSet(given["account-key"]) || !isSet(given["sas-token"]),
      "give account-key or sas-token, not both",
    ),
  );
  return z.discriminatedUnion(
    "type",
    [
      z.strictObject({
        type: z.literal("s3"),
        ...bucket,
        region: text,
        aws: z.nullish(z.strictObject({ ...keys, "s3-force-path-style": flag }).check(inPairs)),
      }),
      z.strictObject({
        type: z.literal("oss"),
        ...bucket,
        region: string.check(z.minLength(1, "must be a region, such as cn-hangzhou")),
        oss: z.nullish(z.strictObject(keys).check(inPairs)),
      }),
      z
        .strictObject({ type: z.literal("azure"), ...bucket, azure: z.nullish(azure) })
        .check(
          z.refine(
            ({ azure: account, endpoint }) => isSet(account?.["account-name"]) || isSet(endpoint),
            "account-name or endpoint is required",
          ),
        ),
      z.strictObject({
        type: z.literal("localfs"),
        ...common,
        localfs: z.strictObject({
          "base-path": string.check(
            z.minLength(1, "must be the path of a folder"),
            z.refine((path) => !path.includes("\0"), "must hold no NUL character"),
          ),
          "create-dirs": flag,
          permissions: z.nullish(
            string.check(
              z.regex(/^(0[0-7]{3})?$/, 'must be permissions in octal as a text, such as "0755" in quotation marks'),
            ),
          ),
        }),
      }),
    ],
    { error: ({ code }) => (code === "invalid_union" ? "must be s3, oss, azure or localfs" : "must be an object") },
  );
})();

/**
 * Schema of {@link StorageConfig}, to be part of your own: `z.object({ usage: storageConfig })`. Any zod from 3.25 on
 * takes it, `zod/mini` too, and its issues never contain a value.
 */
export const storageConfig: $ZodType<StorageConfig, StorageConfig> = schema;

type Path = readonly PropertyKey[];

const dotted = (path: Path): string => path.map(String).join(".");

/**
 * Checks a configuration. `nameOf` gives the name that the caller knows a field by.
 *
 * @throws `invalid-argument` with every field that breaks a rule, and no value.
 */
export function checkConfig(
  config: unknown,
  what = "configuration of a storage",
  nameOf: (path: Path) => string = dotted,
): StorageConfig {
  const result = schema.safeParse(config);
  if (result.success) return result.data;
  const problems = result.error.issues.map((issue) => {
    if (issue.code === "unrecognized_keys") {
      return `${issue.keys.map((key) => nameOf([...issue.path, key])).join(", ")}: no such field here`;
    }
    const name = nameOf(issue.path);
    return name === "" ? issue.message : `${name}: ${issue.message}`;
  });
  throw new MeteringError("invalid-argument", `Invalid ${what}: ${problems.join("; ")}.`);
}
