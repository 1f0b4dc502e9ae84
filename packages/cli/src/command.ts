import { buildCommand, type BaseArgs, type Command, type TypedCommandParameters } from "@stricli/core";
import type { CliContext } from "./cli-context.ts";
import type { BasicFlags } from "./common-flags.ts";
import type { Outcome } from "./exit-code.ts";
import type { Session } from "./session.ts";

/** What the framework asks of flags: an object. */
type AnyFlags<Flags> = Readonly<Partial<Record<keyof Flags, unknown>>>;

/** A command, without what it runs: that is loaded when it is called, so that help is quick. */
export interface CommandDefinition<Flags extends BasicFlags & AnyFlags<Flags>, Args extends BaseArgs> {
  /** One line for the list of commands. */
  readonly brief: string;
  /** More about it, for its own help. */
  readonly description?: string | undefined;
  /** Arguments as one could give them, each with what it is for. Help shows them first. */
  readonly examples: readonly { readonly input: string; readonly brief: string }[];
  readonly parameters: TypedCommandParameters<Flags, Args, CliContext>;
  readonly load: () => Promise<{ readonly run: Run<Flags, Args> }>;
}

/** Does what a command is for. Throws where it cannot. */
export type Run<Flags extends BasicFlags, Args extends BaseArgs> = (
  session: Session,
  flags: Flags,
  ...args: Args
) => Promise<Outcome>;

export function defineCommand<Flags extends BasicFlags & AnyFlags<Flags>, Args extends BaseArgs>({
  brief,
  description,
  examples,
  parameters,
  load,
}: CommandDefinition<Flags, Args>): Command<CliContext> {
  return buildCommand<Flags, Args, CliContext>({
    parameters,
    docs: { brief, customUsage: examples, ...(description !== undefined && { fullDescription: description }) },
    async loader() {
      const { run } = await load();
      return async function (this: CliContext, flags, ...args) {
        await this.execute(flags, (session) => run(session, flags, ...args));
      };
    },
  });
}
