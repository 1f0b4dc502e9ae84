import { isMeteringError, type MeteringError } from "@metering/core";

/** What a call throws, which must be one of our errors. */
export function refusal(call: () => unknown): MeteringError {
  try {
    call();
  } catch (error) {
    if (isMeteringError(error)) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
