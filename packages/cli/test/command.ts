import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { parseJson, type JsonValue } from "@metering/core";
import { runCli } from "../src/cli.ts";

/** How a run of the command ended. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the command. */
export interface Settings {
  /** Nothing of this machine's environment counts. */
  readonly env?: Readonly<Record<string, string>>;
  /** When it begins, in Unix seconds. */
  readonly now?: number;
  readonly signal?: AbortSignal;
}

/** Runs the command as a pipe sees it, in this process, which is quicker than one of its own. */
export async function metering(args: readonly string[], settings: Settings = {}): Promise<Finished> {
  const { env = {}, now = Math.floor(Date.now() / 1000), signal = new AbortController().signal } = settings;
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const texts = Promise.all([text(stdout), text(stderr)]);
  const host = { stdout, stderr, env: { XDG_CONFIG_HOME: "/nowhere", ...env }, now, signal };
  const code = await runCli(args, "0.0.0", host);
  stdout.end();
  stderr.end();
  const [out, errors] = await texts;
  return { code, stdout: out, stderr: errors };
}

/** The same with `--json`: each line of stdout, integers exact. */
export async function meteringJson(
  args: readonly string[],
  settings: Settings = {},
): Promise<Finished & { readonly lines: readonly JsonValue[] }> {
  const finished = await metering([...args, "--json"], settings);
  return { ...finished, lines: finished.stdout.split("\n").filter(Boolean).map(parseJson) };
}
