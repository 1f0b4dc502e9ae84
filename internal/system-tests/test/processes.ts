import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { bundlePrograms } from "../bundle.mjs";

/** A program that runs as a process of its own and talks in lines. */
export interface Program extends AsyncDisposable {
  readonly tell: (line: string) => void;
  /** The next line it printed. Rejects where it ended instead. */
  readonly hear: () => Promise<string>;
  /** Ends it the hard way, and gives all that it had printed until then. */
  readonly kill: () => Promise<readonly string[]>;
}

// What the programs need, and nothing of the test runner's: extra certificates, for one, double Node's time to start.
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => /^(PATH$|S3_|AZURE_)/.test(name)),
);

/** Bundles a program once, and gives what starts processes of it. */
export async function prepareProgram(name: string): Promise<(...args: readonly string[]) => Program> {
  const folder = await bundlePrograms([name], join(import.meta.dirname, `../.vitest/programs/${name}`));
  return (...args) => {
    const child = spawn(process.execPath, [join(folder, `${name}.mjs`), ...args], {
      stdio: ["pipe", "pipe", "inherit"],
      env: environment,
    });
    // Told to a process that has just been killed, a line is of no use, and no failure either.
    child.stdin.on("error", () => {});
    const closed = once(child, "close");
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const kill = async (): Promise<readonly string[]> => {
      child.kill("SIGKILL");
      const rest: string[] = [];
      for (let next = await lines.next(); next.done !== true; next = await lines.next()) rest.push(next.value);
      await closed;
      return rest;
    };
    return {
      tell: (line) => void child.stdin.write(`${line}\n`),
      async hear() {
        const { done, value } = await lines.next();
        if (done === true) throw new Error(`${name} ended with ${child.exitCode ?? child.signalCode}`);
        return value;
      },
      kill,
      [Symbol.asyncDispose]: async () => void (await kill()),
    };
  };
}
