import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { installed } from "./programs.ts";
import type { Total } from "./expected-totals.ts";

/** An engine in a Python process that runs until `stop`. Takes one request after the other. */
export interface PythonEngine {
  readonly ask: (request: object) => Promise<readonly Total[]>;
  readonly stop: () => Promise<void>;
}

/**
 * Starts a script of `engines/`.
 *
 * @param tool folder that its packages were installed in
 */
export function startPython(tool: string, script: string, env: Readonly<Record<string, string>> = {}): PythonEngine {
  const path = fileURLToPath(new URL(`../engines/${script}`, import.meta.url));
  const child = spawn(installed(`${tool}/bin/python`), [path], {
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", process.env["VERBOSE"] === undefined ? "ignore" : "inherit"],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    async ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`${script} ended. VERBOSE=1 shows what it printed.`);
      const { error, rows }: { error: string; rows: undefined } | { error: undefined; rows: readonly Row[] } =
        JSON.parse(value);
      if (rows === undefined) throw new Error(error);
      return rows.map(([tenant, meter, unit, total]) => ({ tenant, meter, unit, total: BigInt(total) }));
    },
    async stop() {
      child.stdin.end();
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}

type Row = readonly [tenant: string | null, meter: string, unit: string, total: string];
