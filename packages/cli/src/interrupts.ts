/** Why a command ended early: the user said so. */
export class InterruptedError extends Error {
  override readonly name = "InterruptedError";
}

/** Aborts with an {@link InterruptedError} at the first Ctrl-C or SIGTERM. The second ends the process at once. */
export function abortOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    // With no listener left, the next one does what it does in any program.
    process.once(name, () => {
      controller.abort(new InterruptedError(`ended by ${name}`));
    });
  }
  return controller.signal;
}
