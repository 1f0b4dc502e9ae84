import { execFile } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** Path of something that a script of `tools/` installed. */
export function installed(path: string): string {
  const tools = process.env["INTEROP_TOOLS"];
  if (tools === undefined) throw new Error("INTEROP_TOOLS is not set. Run these tests by `npm run interop`.");
  return join(tools, path);
}

/** Runs a program and returns what it printed. What it complained about is in the error if it fails. */
export async function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input = "",
): Promise<string> {
  const options = { env: { ...process.env, ...env }, maxBuffer: 1024 * 1024 * 1024 };
  const running = promisify(execFile)(program, args, options);
  running.child.stdin?.end(input);
  return (await running).stdout;
}

/** A new and empty folder outside of the repository. */
export function createFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "metering-interop-"));
}
