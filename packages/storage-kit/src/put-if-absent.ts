import { MeteringError, type PutResult } from "@metering/core";
import type { Attempt } from "./retry.ts";

/** An object that was found. */
export interface FoundObject {
  /** The mark of the put that stored it, if that had one. */
  readonly writeId: string | undefined;
  readonly etag: string | undefined;
}

/** What a refused put says. */
export interface Refusal {
  /** Whether the store itself said that something is there, and not perhaps a gateway in between. */
  readonly certain: boolean;
  /** Whether the client repeated the request by itself, so that what is there may be its own. */
  readonly repeated: boolean;
}

/** The requests of a conditional put, each sent once. */
export interface ConditionalRequests {
  /** Puts the object if nothing is there, marked with this write id. */
  put(writeId: string, signal: AbortSignal): Promise<PutResult>;
  /** The object that is there, if any. */
  find(signal: AbortSignal): Promise<FoundObject | undefined>;
  /** Removes it. */
  remove(signal: AbortSignal): Promise<void>;
  /** What an error of `put` says about the condition; `undefined` where it says nothing. */
  refusalOf(error: unknown): Refusal | undefined;
  /** Whether the error says that the caller may not read. */
  isForbidden(error: unknown): boolean;
  /** Whether the store is known to heed the condition without a proof, because of what it is. Default: it is not. */
  isTrusted?(signal: AbortSignal): Promise<boolean>;
}

/** Whether the store is known to heed the condition. One for each storage. */
export interface ConditionProof {
  proven: boolean;
}

/**
 * A put that stores only where nothing is, as an attempt that may be repeated.
 *
 * - A put whose answer was lost succeeds: the repeated one is refused, and the mark tells whose object is there.
 * - Some stores take the condition and ignore it. Until a store is proven, each attempt looks first, and a put that
 *   succeeded is sent once more: the store must refuse it. Where it does not, what was stored is removed again.
 */
export function putIfAbsent(requests: ConditionalRequests, proof: ConditionProof): Attempt<PutResult> {
  const writeId = crypto.randomUUID();
  let sent = false;

  async function find(signal: AbortSignal, why: string): Promise<FoundObject | undefined> {
    try {
      return await requests.find(signal);
    } catch (error) {
      if (!requests.isForbidden(error)) throw error;
      throw new MeteringError(
        "permission-denied",
        `${why}, but the credentials may not read. Grant the right to read, then call again.`,
      );
    }
  }

  /** After an attempt whose answer was lost, "it is there already" may mean our own object. */
  async function settle(refusal: Refusal, error: unknown, signal: AbortSignal): Promise<PutResult> {
    const found = await find(signal, "Whose object is there has to be looked up after a lost answer");
    if (found?.writeId === writeId) return { etag: found.etag };
    if (found !== undefined) throw alreadyExists();
    if (refusal.certain) throw new MeteringError("conflict", "The object was removed in the meantime. Call again.");
    throw error;
  }

  async function put(signal: AbortSignal): Promise<PutResult> {
    const repeated = sent;
    sent = true;
    try {
      return await requests.put(writeId, signal);
    } catch (error) {
      const refusal = requests.refusalOf(error);
      if (refusal === undefined) throw error;
      if (refusal.certain) proof.proven = true;
      if (refusal.certain && !refusal.repeated && !repeated) throw alreadyExists();
      return settle(refusal, error, signal);
    }
  }

  /** Puts once more: a store that heeds the condition refuses. */
  async function prove(signal: AbortSignal): Promise<void> {
    try {
      await requests.put(writeId, signal);
    } catch (error) {
      const refusal = requests.refusalOf(error);
      if (refusal === undefined) throw error;
      // What is not the store's own word proves nothing, but does no harm either.
      if (refusal.certain) proof.proven = true;
      return;
    }
    // Nothing but what this put stored is removed; where that fails, the object stays.
    const found = await requests.find(signal).catch(() => undefined);
    if (found?.writeId === writeId) await requests.remove(signal).catch(() => {});
    throw new MeteringError(
      "not-supported",
      "The store ignores the condition of ifAbsent, so the put could replace another object. Use a store with conditional writes (on OSS, a bucket that never had versioning), or put without ifAbsent.",
    );
  }

  return async (signal) => {
    if (proof.proven) return put(signal);
    if ((await requests.isTrusted?.(signal)) === true) {
      proof.proven = true;
      return put(signal);
    }
    const found = await find(signal, "Before the first put with ifAbsent the store has to prove that it heeds it");
    if (found !== undefined && found.writeId !== writeId) throw alreadyExists();
    const stored = found === undefined ? await put(signal) : { etag: found.etag };
    if (!proof.proven) await prove(signal);
    return stored;
  };
}

function alreadyExists(): MeteringError {
  return new MeteringError("already-exists", "An object is there already. It was left as it was.");
}
