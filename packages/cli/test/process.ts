import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { Finished } from "./command.ts";

const program = fileURLToPath(new URL("../.vitest/metering.mjs", import.meta.url));

/** A run of the command. */
export interface Settings {
  /** Environment, beside the path. Nothing of this machine's configuration counts. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Starts the command as a process whose output goes into pipes. */
export function start(args: readonly string[], { env = {}, cwd }: Settings = {}) {
  return spawn(process.execPath, [program, ...args], {
    cwd,
    env: { PATH: process.env["PATH"], HOME: "/nowhere", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Runs the command as a process whose output goes into pipes. */
export async function meteringProcess(args: readonly string[], settings: Settings = {}): Promise<Finished> {
  const child = start(args, settings);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: child.exitCode, stdout, stderr };
}

/** Why a test cannot use a terminal here, or `undefined`. */
export const noTerminal =
  spawnSync("script", ["--version"]).status === 0 ? undefined : "needs the command script of util-linux";

/** Runs the command on a terminal of its own. Returns all that the terminal was sent. */
export async function onTerminal(
  args: readonly string[],
  { columns = 100, env = {} }: { readonly columns?: number; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<{ readonly code: number | null; readonly screen: string }> {
  const command = [process.execPath, program, ...args].map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`);
  const child = spawn("script", ["-qec", `stty cols ${columns}; exec ${command.join(" ")}`, "/dev/null"], {
    env: { PATH: process.env["PATH"], HOME: "/nowhere", TERM: "xterm", SHELL: "/bin/sh", ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [screen] = await Promise.all([text(child.stdout), once(child, "close")]);
  return { code: child.exitCode, screen };
}
