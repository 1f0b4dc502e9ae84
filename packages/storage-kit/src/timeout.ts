import { MeteringError } from "@metering/core";
import { abortable, allowManyListeners } from "./abort.ts";

/**
 * Runs `call` with a time limit. The call is given a signal that aborts when the time is over or the caller aborts; one
 * that does not heed it is left behind.
 *
 * @throws the caller's reason, `timeout`, or the error of `call`.
 */
export async function withTimeout<Result>(
  timeoutMs: number,
  signal: AbortSignal | undefined,
  call: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal?.reason);
  const timer = setTimeout(
    () =>
      controller.abort(
        new MeteringError(
          "timeout",
          `No answer within ${timeoutMs} ms. Check the endpoint and the network, then call again.`,
        ),
      ),
    timeoutMs,
  );
  allowManyListeners(signal);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    return await abortable(call(controller.signal), controller.signal);
  } catch (error) {
    // A call that is ended may reject with an error of its own before the signal's reason comes through.
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}
