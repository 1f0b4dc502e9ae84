import { isMeteringError, MeteringError, type MeteringErrorCode, type Stored } from "@metering/core";
import type { IfExists } from "./stored-object.ts";

// Refused before anything is sent. After any other error an earlier attempt of the storage may have stored the object:
// its answer was lost, and the error is that of a later attempt.
const neverSent = ["closed", "invalid-key", "invalid-argument"] as const;

/** The error of storing part 0, which decides about the record. */
export function mayBeStored(error: unknown): unknown {
  if (!isMeteringError(error) || neverSent.some((code) => error.code === code)) return error;
  const { code, message, key, storage } = error;
  return new MeteringError(code, message, { key, storage, cause: error, stored: "maybe" });
}

/** Adds what only the writer knows: whether the record may be stored, and the next step. */
export function explain(error: unknown, ifExists: IfExists): unknown {
  if (!isMeteringError(error)) return error;
  const { code, key, storage, stored = "no", cause } = error;
  if (code === "already-exists" || code === "conflict" || code === "incomplete-record" || code === "invalid-record") {
    return error.stored === stored ? error : new MeteringError(code, error.message, { key, storage, cause, stored });
  }
  const state = stored === "no" ? "The record is not stored" : "It is unknown whether the record is stored";
  return new MeteringError(code, `${state}: ${error.message}${nextStep(code, stored, ifExists)}`, {
    key,
    storage,
    cause: error,
    stored,
  });
}

function nextStep(code: MeteringErrorCode, stored: Stored, ifExists: IfExists): string {
  // What a store cannot do, it cannot do with `verify` either. Its adapter says what can be done.
  if (code === "not-supported") return "";
  const retry = ifExists === "overwrite" ? "Write it again" : 'Write it again with ifExists "verify"';
  const purpose = stored === "no" ? "to complete it" : "to find out and complete it";
  return ` ${retry} ${purpose}.`;
}
