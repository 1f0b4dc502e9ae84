// The packed packages where they are said to run. Installs the runtimes into a temporary folder (700 MB).
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installApp, packAll, run } from "../src/consumer.ts";
import { localPrograms } from "../src/programs.ts";

const work = mkdtempSync(join(tmpdir(), "metering-runtimes-"));
const app = join(work, "app");
const bin = (name: string): string => join(work, "tools/node_modules/.bin", name);

// The package `node` would put its own `node` before everyone else's; those named for a platform hold just the program.
const nodePlatform = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
const nodes = ["20", "22", "24"];
const tools = [
  ...nodes.map((version) => `node-${version}@npm:${nodePlatform}@${version}`),
  "bun@1.4.5",
  "deno@2.9.6",
  "workerd@1.20261117.1",
];
const runtimes = [
  ...nodes.map((version) => ({
    runtime: `Node ${version}`,
    command: join(work, `tools/node_modules/node-${version}/bin/node`),
    args: [],
  })),
  { runtime: "Bun", command: bin("bun"), args: ["run"] },
  { runtime: "Deno", command: bin("deno"), args: ["run", "-A", "--node-modules-dir=manual"] },
];

beforeAll(() => {
  installApp(join(work, "tools"), new Map(), [], tools);
  const names = ["core", "writer", "reader", "storage-localfs", "storage-memory"].map((name) => `@metering/${name}`);
  installApp(app, packAll(work), names);
  for (const [file, code] of Object.entries(localPrograms)) writeFileSync(join(app, file), code);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

const cases = runtimes.flatMap((one) => Object.keys(localPrograms).map((file) => ({ ...one, file })));
test.each(cases)("$runtime writes and reads from $file", ({ command, args, file }) => {
  const folder = mkdtempSync(join(work, "data-"));
  expect(run(command, [...args, file, folder], app)).toContain("ok");
  expect(readdirSync(folder)).not.toEqual([]);
});

// Neither Node's modules nor a file system.
const worker = `
import { memoryCache, MetaReader, MeteringReader } from "@metering/reader";
import { MemoryStorage } from "@metering/storage-memory";
import { MetaWriter, MeteringWriter } from "@metering/writer";

async function writeAndRead() {
  const storage = new MemoryStorage();
  const data = Array.from({ length: 100 }, (_, i) => ({ logical_cluster_id: "lc-" + i, stored: { value: 2n ** 64n - 1n, unit: "bytes" } }));
  const record = { timestamp: 1755850380, category: "tidb-server", selfId: "tidb01", data };
  const { parts } = await new MeteringWriter(storage, { pageSizeBytes: 2000 }).write(record);
  if (parts.length < 2) throw new Error("one page only");
  const elements = [];
  for await (const found of new MeteringReader(storage).scan({ from: 1755850380, to: 1755850440 })) {
    for await (const element of found.data) elements.push(element);
  }
  if (elements.length !== 100 || elements[99].stored.value !== 2n ** 64n - 1n) throw new Error("not what was written");
  await new MetaWriter(storage).write({ type: "logic", clusterId: "lc-1", modifyTs: 1755850380, metadata: { owner: "a" } });
  const cache = memoryCache({ maxBytes: 1_000_000 });
  const found = await new MetaReader(storage, { cache }).readByType("lc-1", "logic", 1755850400);
  if (found?.metadata?.owner !== "a") throw new Error("no metadata");
  return "ok";
}

export default {
  async fetch() {
    return new Response(await writeAndRead().catch((error) => error.stack));
  },
};
`;

const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (modules = [(name = "worker", esModule = embed "worker.js")], compatibilityDate = "2026-01-01"))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;

test("workerd writes and reads in memory, from a bundle without Node", async () => {
  const { outputFiles } = await build({
    stdin: { contents: worker, resolveDir: app },
    bundle: true,
    format: "esm",
    // Neither Node's conditions nor a browser's: what an edge bundler sets.
    conditions: ["workerd", "worker", "module"],
    platform: "neutral",
    mainFields: ["module", "main"],
    write: false,
  });
  writeFileSync(join(work, "worker.js"), outputFiles[0]?.text ?? "");
  writeFileSync(join(work, "config.capnp"), config);
  const server = spawn(bin("workerd"), ["serve", "--control-fd=3", "config.capnp"], {
    cwd: work,
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  try {
    const port = await listeningPort(server);
    const answer = await fetch(`http://127.0.0.1:${port}`, { signal: AbortSignal.timeout(30_000) });
    expect(await answer.text()).toBe("ok");
  } finally {
    server.kill();
    await once(server, "exit");
  }
});

/** The port that workerd says it listens on, in lines of JSON on its control pipe. */
async function listeningPort(server: ChildProcess): Promise<number> {
  const early = once(server, "exit").then(([code]) => Promise.reject(new Error(`workerd ended with ${code}`)));
  early.catch(() => {});
  const control = server.stdio[3];
  if (!(control instanceof Readable)) throw new Error("workerd has no control pipe");
  const said = (async () => {
    let text = "";
    for await (const chunk of control.setEncoding("utf8")) {
      text += String(chunk);
      const lines = text.split("\n").slice(0, -1);
      const events = lines.map((line): { event: string; port: number } => JSON.parse(line));
      const listening = events.find(({ event }) => event === "listen");
      if (listening !== undefined) return listening.port;
    }
    throw new Error("workerd listens nowhere");
  })();
  return Promise.race([said, early]);
}
