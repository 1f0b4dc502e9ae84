import { isMeteringError, MeteringError } from "@metering/core";
import { loadDependency, redactedCause, type TokenSource } from "@metering/storage-kit";
import * as z from "zod/mini";
import type { OssCredentials, OssCredentialsProvider } from "./options.ts";

const credentialsSchema = /* @__PURE__ */ (() =>
  z.object({
    accessKeyId: z.string().check(z.minLength(1)),
    accessKeySecret: z.string().check(z.minLength(1)),
    securityToken: z.optional(z.string().check(z.minLength(1))),
    expiration: z.optional(z.date()),
  }))();

/** Whether a value has the shape of credentials. */
export function isCredentials(value: unknown): value is OssCredentials {
  return credentialsSchema.safeParse(value).success;
}

/** The caller's function. Its failures become `unauthenticated` errors. */
export function callerCredentials(provider: OssCredentialsProvider): TokenSource<OssCredentials> {
  return async () => {
    let given: unknown;
    try {
      given = await provider();
    } catch (error) {
      if (isMeteringError(error)) throw error;
      throw new MeteringError("unauthenticated", "The function given as credentials failed. See the cause.", {
        cause: redactedCause(error),
      });
    }
    const result = credentialsSchema.safeParse(given);
    if (result.success) return result.data;
    const fields = new Set(result.error.issues.map((issue) => issue.path.join(".") || "the value itself"));
    throw new MeteringError(
      "unauthenticated",
      `The function given as credentials returned invalid credentials (wrong: ${[...fields].join(", ")}). ` +
        "Return { accessKeyId, accessKeySecret, securityToken?, expiration? }.",
    );
  };
}

/** Alibaba Cloud's ways to get credentials: loaded when one is needed. */
export const loadProviders = () => loadDependency("@alicloud/credentials", () => import("@alicloud/credentials"));
