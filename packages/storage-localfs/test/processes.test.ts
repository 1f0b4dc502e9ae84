import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { LocalFsStorage } from "@metering/storage-localfs";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createFolder } from "./place.ts";
import { bodyOf } from "./processes/body.ts";

let programs = "";

beforeAll(async () => {
  programs = await mkdtemp(join(tmpdir(), "metering-processes-"));
  await build({
    entryPoints: ["racer", "writer"].map((name) => join(import.meta.dirname, `processes/${name}.ts`)),
    outdir: programs,
    bundle: true,
    platform: "node",
    format: "esm",
    outExtension: { ".js": ".mjs" },
    target: "node20",
    conditions: ["@metering/source"],
    logLevel: "warning",
  });
});

afterAll(() => rm(programs, { recursive: true }));

/** Starts a program; its lines come one by one. */
function start(program: string, ...args: string[]): { child: ChildProcess; lines: AsyncIterator<string> } {
  const child = spawn(process.execPath, [join(programs, `${program}.mjs`), ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

test("of several processes that store the same keys with ifAbsent, exactly one wins each key", async () => {
  const basePath = await createFolder();
  const rounds = 50;
  const racers = ["a", "b", "c", "d"].map((name) => ({ name, ...start("racer", basePath, name, String(rounds)) }));
  for (const { lines } of racers) expect((await lines.next()).value).toBe("ready");
  for (const { child } of racers) child.stdin?.write("go\n");

  const winners = new Map<number, string[]>();
  for (const { name, lines } of racers) {
    const won: unknown = JSON.parse(String((await lines.next()).value));
    if (!Array.isArray(won)) throw new Error("a racer told nothing");
    for (const round of won.map(Number)) winners.set(round, [...(winners.get(round) ?? []), name]);
  }
  const storage = new LocalFsStorage({ basePath });
  for (let round = 0; round < rounds; round++) {
    const stored = new TextDecoder().decode(await storage.get(`race/${round % 3}/${round}`));
    expect(winners.get(round), `winners of round ${round}`).toEqual([stored]);
  }
});

test("a process killed during writes leaves only whole objects, including all that it acknowledged", async () => {
  const basePath = await createFolder();
  const storage = new LocalFsStorage({ basePath });
  const acknowledged = new Set<number>();
  let from = 0;
  for (let round = 0; round < 8; round++) {
    const { child, lines } = start("writer", basePath, String(from));
    const exit = once(child, "exit");
    const killAfter = 1 + ((round * 7) % 23);
    for (let seen = 0; ; seen++) {
      const line = await lines.next();
      if (line.done === true) break;
      acknowledged.add(Number(line.value));
      if (seen === killAfter) child.kill("SIGKILL");
    }
    await exit;
    from = Math.max(...acknowledged) + 10;
  }

  const found = new Set<number>();
  for await (const { key, size } of storage.list("")) {
    const i = Number(key.split("/").at(-1));
    expect(key).toBe(`kill/${i % 5}/${i}`);
    expect(size).toBe(bodyOf(i).byteLength);
    expect(Buffer.compare(await storage.get(key), bodyOf(i))).toBe(0);
    found.add(i);
  }
  expect([...acknowledged].filter((i) => !found.has(i))).toEqual([]);
});
