import type { BlobServiceClient } from "@azure/storage-blob";
import { loggerProblem, parseOptions, type Logger } from "@metering/core";
import { integer, methods, pattern, ruled } from "@metering/schema";
import * as z from "zod/mini";
import { readAccount, refuse } from "./account.ts";
import { nameProblem } from "./names.ts";
import type { AzureStorageOptions, AzureTokenCredential } from "./options.ts";

const schema = /* @__PURE__ */ (() => {
  const text = z.optional(z.string("must be a text"));
  return z.strictObject({
    container: pattern(
      /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/,
      "must be the name of a container: 3 to 63 lower-case letters, digits and single hyphens",
    ),
    accountName: z.optional(
      pattern(/^[a-z0-9]{3,24}$/, "must be the name of an account: 3 to 24 lower-case letters and digits"),
    ),
    endpoint: text,
    prefix: text,
    accountKey: text,
    sasToken: text,
    connectionString: text,
    credential: z.optional(
      methods<AzureTokenCredential>(["getToken"], "must have getToken, as the credentials of @azure/identity have"),
    ),
    client: z.optional(
      methods<BlobServiceClient>(["getContainerClient"], "must be a BlobServiceClient of @azure/storage-blob"),
    ),
    timeoutMs: z.optional(integer(1, 3_600_000)),
    connectTimeoutMs: z.optional(integer(1, 600_000)),
    maxAttempts: z.optional(integer(1, 20)),
    maxConnections: z.optional(integer(1, 1000)),
    logger: z.optional(ruled<Logger>(loggerProblem)),
  });
})();

const waysIn = ["accountKey", "sasToken", "connectionString", "credential", "client"] as const;
const saidByConnectionString = ["accountName", "endpoint"] as const;
const saidByClient = [...saidByConnectionString, "connectTimeoutMs"] as const;

/** Checks options and their combinations. Throws `invalid-argument`, and never quotes a possible secret. */
export function checkOptions(input: AzureStorageOptions): AzureStorageOptions {
  const options = parseOptions(schema, input, "AzureStorage");
  const [way, otherWay] = waysIn.filter((name) => options[name] !== undefined);
  if (otherWay !== undefined) refuse(`${way} cannot be given together with ${otherWay}.`);
  const said = way === "client" ? saidByClient : way === "connectionString" ? saidByConnectionString : [];
  const clash = said.find((name) => options[name] !== undefined);
  if (clash !== undefined) refuse(`${clash} cannot be given together with ${way}, which contains it.`);
  const problem = nameProblem(options.prefix ?? "");
  if (problem !== undefined) refuse(`prefix ${problem}.`);
  if (options.client === undefined) readAccount(options);
  return options;
}
