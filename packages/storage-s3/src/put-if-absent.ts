import { randomUUID } from "node:crypto";
import type { HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import { MeteringError, type PutResult } from "@metering/core";
import type { Attempt } from "@metering/storage-kit";
import { readClientError } from "./client-error.ts";

/** Name of the metadata by which a writer knows its own object again. */
export const writeIdName = "metering-write-id";

/** The two requests that it takes. */
export interface ConditionalRequests {
  /** Puts the object if nothing is there, with this write id in its metadata. */
  put(writeId: string, signal: AbortSignal): Promise<PutResult>;
  /** `undefined` where there is none. */
  head(signal: AbortSignal): Promise<HeadObjectCommandOutput | undefined>;
}

/** Whether the store is known to heed the condition of a conditional write; AWS is. */
export interface ConditionalWrites {
  proven: boolean;
}

const isPreconditionFailed = (error: unknown): boolean => {
  const { name, status } = readClientError(error);
  return name === "PreconditionFailed" || status === 412;
};

/** A put that stores only where nothing is, as an attempt that may be repeated. */
export function putIfAbsent(requests: ConditionalRequests, conditionalWrites: ConditionalWrites): Attempt<PutResult> {
  const writeId = randomUUID();

  /**
   * After an attempt whose answer was lost, "it is there already" may mean our own object.
   * Whose it is, its metadata tells.
   */
  async function findOwn(signal: AbortSignal, refusal: unknown): Promise<PutResult> {
    const found = await requests.head(signal);
    if (found === undefined) throw new MeteringError("conflict", "The object came and went. Call again.");
    if (found.Metadata?.[writeIdName] === writeId) return { etag: found.ETag };
    throw refusal;
  }

  /** Some stores take a conditional write and ignore the condition: then putting once more succeeds, too. */
  async function prove(signal: AbortSignal): Promise<void> {
    try {
      await requests.put(writeId, signal);
    } catch (error) {
      if (!isPreconditionFailed(error)) throw error;
      conditionalWrites.proven = true;
      return;
    }
    throw new MeteringError(
      "not-supported",
      "The store ignores If-None-Match, so ifAbsent would overwrite. Use a store with conditional writes, or put without ifAbsent.",
    );
  }

  let sent = false;
  return async (signal) => {
    const { proven } = conditionalWrites;
    const sentBefore = sent;
    if (!proven && !sentBefore && (await mayLook(requests, signal)) !== undefined) {
      throw new MeteringError("already-exists", "There is an object already. It was left as it was.");
    }
    sent = true;
    try {
      const stored = await requests.put(writeId, signal);
      if (!proven) await prove(signal);
      return stored;
    } catch (error) {
      if (!isPreconditionFailed(error)) throw error;
      conditionalWrites.proven = true;
      // The client counts its own attempts, too, where it is one of the caller's.
      if (!sentBefore && readClientError(error).attempts === 1) throw error;
      return findOwn(signal, error);
    }
  };
}

/** Before the store is known to heed conditions, a look spares the object that it might overwrite. */
async function mayLook(
  requests: ConditionalRequests,
  signal: AbortSignal,
): Promise<HeadObjectCommandOutput | undefined> {
  try {
    return await requests.head(signal);
  } catch (error) {
    if (readClientError(error).status === 403) return undefined;
    throw error;
  }
}
