import { ExitCode, run, type StricliProcess } from "@stricli/core";
import { createApplication } from "./application.ts";
import { exitCodes } from "./exit-code.ts";
import type { Host } from "./host.ts";

/** Runs the command that the arguments name. Returns the exit code. */
export async function runCli(args: readonly string[], version: string, host: Host): Promise<number> {
  const { stdout, stderr, env, now } = host;
  const framework: StricliProcess = { stdout, stderr, env };
  let exitCode: number = exitCodes.clean;
  await run(createApplication(version), args, {
    process: framework,
    now,
    async execute(flags, work) {
      // Help and completion go without it.
      const { execute } = await import("./execute.ts");
      exitCode = await execute(host, flags, work);
    },
  });
  const wrongCall: readonly unknown[] = [ExitCode.UnknownCommand, ExitCode.InvalidArgument];
  if (wrongCall.includes(framework.exitCode)) return exitCodes.usage;
  return framework.exitCode === ExitCode.Success ? exitCode : exitCodes.failed;
}
