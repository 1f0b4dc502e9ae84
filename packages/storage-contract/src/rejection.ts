import { isMeteringError, type MeteringError, type MeteringErrorCode } from "@metering/core";
import { expect } from "vitest";

/** What the call rejects with; fails where it resolves, or throws instead of returning a promise. */
export async function rejectionOf(call: () => Promise<unknown>): Promise<unknown> {
  const promise = call();
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return expect.fail("the call was expected to reject, but it resolved");
}

/** Fails unless the call rejects with a `MeteringError` of this code. */
export async function expectCode(call: () => Promise<unknown>, code: MeteringErrorCode): Promise<MeteringError> {
  const error = await rejectionOf(call);
  if (!isMeteringError(error)) {
    return expect.fail(`expected a MeteringError with code "${code}", got ${String(error)}`);
  }
  expect(error.code).toBe(code);
  return error;
}
