import { randomUUID } from "node:crypto";
import { MeteringError, type PutResult } from "@metering/core";
import type { Attempt } from "./attempts.ts";
import { ClientError } from "./client-error.ts";
import type { Answer } from "./exchange.ts";

// Name of the metadata by which a writer knows its own object again.
const writeIdHeader = "x-oss-meta-metering-write-id";

/** The two requests that it takes. */
export interface ConditionalRequests {
  /** Puts the object with these headers. */
  put(headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer>;
  /** `undefined` where there is none. */
  head(signal: AbortSignal): Promise<Answer | undefined>;
}

/** A put that stores only where nothing is, as an attempt that may be repeated. */
export function putIfAbsent(requests: ConditionalRequests): Attempt<PutResult> {
  const writeId = randomUUID();

  /**
   * After an attempt whose answer was lost, "it is there already" may mean our own object.
   * Whose it is, its metadata tells.
   */
  async function findOwn(signal: AbortSignal, refusal: ClientError): Promise<PutResult> {
    const found = await requests.head(signal);
    if (found === undefined) throw new MeteringError("conflict", "The object came and went. Call again.");
    if (found.headers[writeIdHeader] === writeId) return { etag: found.headers.etag };
    throw refusal;
  }

  return async (signal, attempt) => {
    try {
      const headers = { "x-oss-forbid-overwrite": "true", [writeIdHeader]: writeId };
      const stored = await requests.put(headers, signal);
      return { etag: stored.headers.etag };
    } catch (error) {
      if (attempt === 1 || !(error instanceof ClientError) || error.code !== "FileAlreadyExists") throw error;
      return findOwn(signal, error);
    }
  };
}
