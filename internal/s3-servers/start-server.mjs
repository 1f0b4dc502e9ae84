// Starts an S3 server of `servers/`, which was installed before.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Where the servers are installed that come from npm and PyPI. */
export const home =
  process.env["S3_SERVERS_HOME"] ??
  join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "metering-s3-servers");

/** A server's own script: `install`, `version`, `start PORT`. */
export const script = (name) => join(import.meta.dirname, "servers", name);

/** The first of five free ports in a row, which is what the largest server needs. */
async function freePort() {
  for (;;) {
    const first = createServer().listen(0, "127.0.0.1");
    await once(first, "listening");
    const { port } = first.address();
    const others = [1, 2, 3, 4].map((i) => createServer().listen(port + i, "127.0.0.1"));
    const opened = await Promise.allSettled(others.map((server) => once(server, "listening")));
    await Promise.all([first, ...others].map((server) => new Promise((resolve) => server.close(resolve))));
    if (opened.every(({ status }) => status === "fulfilled")) return port;
  }
}

/** Starts a server of `servers/`, waits until it answers, and starts it again whenever it ends by itself. */
export async function startServer({ name, accessKeyId, secretAccessKey }) {
  const folder = mkdtempSync(join(tmpdir(), `metering-${name}-`));
  const log = join(folder, "server.log");
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const env = {
    S3_ENDPOINT: endpoint,
    S3_REGION: "us-east-1",
    S3_ACCESS_KEY_ID: accessKeyId ?? "metering-tests",
    S3_SECRET_ACCESS_KEY: secretAccessKey ?? `secret-${randomUUID()}`,
  };
  let starts = 0;
  let stopped = false;
  let child;
  const start = () => {
    if (stopped || ++starts > 50) return;
    const output = openSync(log, "a");
    child = spawn(script(name), ["start", String(port)], {
      cwd: folder,
      env: { ...process.env, ...env, S3_SERVERS_HOME: home },
      stdio: ["ignore", output, output],
    });
    closeSync(output);
    child.on("exit", start);
  };
  const stop = async () => {
    stopped = true;
    if (child.exitCode === null && child.signalCode === null) {
      child.kill();
      await once(child, "exit");
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    return starts - 1;
  };
  start();
  for (const end = Date.now() + 120_000; Date.now() < end;) {
    const signal = AbortSignal.timeout(5_000);
    const answers = await fetch(endpoint, { signal }).then(
      () => true,
      () => false,
    );
    if (answers) return { env, stop };
    await sleep(100);
  }
  const said = readFileSync(log, "utf8").trim().split("\n").at(-1);
  await stop();
  throw new Error(`it did not start: ${said}`);
}
