/** Says that a command was called the wrong way, and what the right one is. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
