import type { OpenedStorage } from "@metering/storage-uri";
import type { Messages } from "./output/messages.ts";
import type { Output } from "./output/output.ts";

/** What a command works with. */
export interface Session {
  /** Aborted by Ctrl-C. Every call that waits is given it. */
  readonly signal: AbortSignal;
  /** When the command began, in Unix seconds. */
  readonly now: number;
  readonly env: Readonly<Partial<Record<string, string>>>;
  readonly out: Output;
  readonly messages: Messages;
  /**
   * Opens the storage that was named: by its address, by a name in the configuration file, or, without either, the one in the
   * environment or the file's default. It is closed when the command ends.
   */
  open(address: string | undefined): Promise<OpenedStorage>;
}
