import { randomUUID } from "node:crypto";
import { MeteringError, type PutResult } from "@metering/core";
import type { Attempt } from "@metering/storage-kit";
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

/** Whether the bucket is known to heed the condition of a conditional write. */
export interface ConditionalWrites {
  proven: boolean;
}

/**
 * A put that stores only where nothing is, as an attempt that may be repeated.
 *
 * In a bucket whose versioning is enabled or suspended OSS takes `x-oss-forbid-overwrite` and ignores it; only the
 * answer to a put tells (https://www.alibabacloud.com/help/en/oss/developer-reference/putobject).
 */
export function putIfAbsent(requests: ConditionalRequests, conditionalWrites: ConditionalWrites): Attempt<PutResult> {
  const writeId = randomUUID();
  let putsSent = 0;

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

  return async (signal) => {
    if (!conditionalWrites.proven && putsSent === 0 && (await mayLook(requests, signal)) !== undefined) {
      throw new MeteringError("already-exists", "There is an object already. It was left as it was.");
    }
    putsSent += 1;
    try {
      const headers = { "x-oss-forbid-overwrite": "true", [writeIdHeader]: writeId };
      const stored = await requests.put(headers, signal);
      if (stored.headers["x-oss-version-id"] !== undefined) throw ignoredCondition();
      conditionalWrites.proven = true;
      return { etag: stored.headers.etag };
    } catch (error) {
      if (!(error instanceof ClientError) || error.code !== "FileAlreadyExists") throw error;
      conditionalWrites.proven = true;
      if (putsSent === 1) throw error;
      return findOwn(signal, error);
    }
  };
}

/** Before the bucket is known to heed conditions, a look spares the object that it might overwrite. */
async function mayLook(requests: ConditionalRequests, signal: AbortSignal): Promise<Answer | undefined> {
  try {
    return await requests.head(signal);
  } catch (error) {
    if (error instanceof ClientError && error.status === 403) return undefined;
    throw error;
  }
}

function ignoredCondition(): MeteringError {
  return new MeteringError(
    "not-supported",
    "The bucket has versioning, enabled or suspended, with which OSS ignores ifAbsent: the object was stored, and " +
      "would have replaced another. Use a bucket that never had versioning, or put without ifAbsent.",
  );
}
