import { isMeteringError, MeteringError } from "@metering/core";
import * as z from "zod/mini";
import { readPlainError } from "./client-error.ts";

/** Keys that sign requests to OSS. */
export interface OssCredentials {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Of temporary credentials (STS). */
  readonly securityToken?: string | undefined;
  /** When temporary credentials end. Without it their life is not known, so they are asked for again each time. */
  readonly expiration?: Date | undefined;
}

/**
 * Gives the credentials to use now. What it returns is kept until shortly before `expiration`; without `expiration` it
 * is called for every request (once for those that wait at the same time), so it should then be quick.
 */
export type OssCredentialsProvider = () => OssCredentials | Promise<OssCredentials>;

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

/** The caller's function, so that whatever it does wrong becomes an `unauthenticated` error. */
export function callerCredentials(provider: OssCredentialsProvider): OssCredentialsProvider {
  return async () => {
    try {
      return await provider();
    } catch (error) {
      if (isMeteringError(error)) throw error;
      throw new MeteringError("unauthenticated", "The function given as credentials failed. See the cause.", {
        cause: readPlainError(error),
      });
    }
  };
}

/**
 * The credentials in what a provider returned, and nothing else of it.
 *
 * @throws `unauthenticated` where there are none, naming the fields that are wrong and no value.
 */
export function checkCredentials(value: unknown): OssCredentials {
  const result = credentialsSchema.safeParse(value);
  if (result.success) return result.data;
  const fields = new Set(result.error.issues.map((issue) => issue.path.join(".") || "the value itself"));
  throw new MeteringError(
    "unauthenticated",
    `The credentials function gave no usable credentials (wrong: ${[...fields].join(", ")}). ` +
      "Return { accessKeyId, accessKeySecret, securityToken?, expiration? } from it.",
  );
}
