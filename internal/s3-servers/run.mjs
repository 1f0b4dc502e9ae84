// `npm run test:s3-servers [-- NAME…]`: the contract suite and a round trip of storage-s3 on S3 servers that others wrote,
// each installed outside of this repository, started, tested and ended. Without names all of them; with `quick` those that
// take a minute at most. A server that cannot be had on this machine is skipped, and the table says why.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { servers } from "./servers.mjs";
import { home, script, startServer } from "./start-server.mjs";

const here = import.meta.dirname;

/** Runs the tests against a server that listens, and returns what vitest reports. */
async function runTests(name, command, env) {
  const results = join(here, ".vitest", `${name}.json`);
  rmSync(results, { force: true });
  const [program = "", ...args] = [...command, "npx", "vitest", "run", `--outputFile.json=${results}`];
  // Not spawnSync: a server that crashes has to be started again in the meantime.
  const vitest = spawn(program, args, {
    cwd: here,
    env: { ...process.env, ...env },
    stdio: process.env["VERBOSE"] === undefined ? "ignore" : "inherit",
  });
  await once(vitest, "close");
  const { testResults } = JSON.parse(readFileSync(results, "utf8"));
  return testResults.flatMap(({ assertionResults }) => assertionResults);
}

async function testServer(server) {
  const { name, ifAbsent, deviations } = server;
  const began = Date.now();
  const ask = (what) =>
    execFileSync(script(name), [what], {
      env: { ...process.env, S3_SERVERS_HOME: home },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  try {
    ask("install");
  } catch (error) {
    return {
      skipped: String(error.stderr || error.message)
        .trim()
        .split("\n")
        .at(-1),
    };
  }
  const isCeph = name === "ceph";
  const started = isCeph ? undefined : await startServer(server);
  let crashes = 0;
  let tests;
  try {
    const command = isCeph ? [join(here, "../ceph/with-ceph")] : [];
    tests = await runTests(name, command, { ...started?.env, S3_IF_ABSENT: String(ifAbsent) });
  } finally {
    crashes = (await started?.stop()) ?? 0;
  }
  const failed = tests.filter(({ status }) => status === "failed").map(({ fullName }) => fullName);
  const unexpected = failed.filter((test) => !deviations.some((known) => known.test(test)));
  const seconds = Math.round((Date.now() - began) / 1000);
  return { version: ask("version"), total: tests.length, failed, unexpected, crashes, seconds };
}

const wanted = process.argv.slice(2);
const chosen = servers.filter(
  ({ name, isQuick }) => wanted.length === 0 || wanted.includes(name) || (isQuick && wanted.includes("quick")),
);
let passed = 0;
let failed = 0;
const rows = [];
for (const server of chosen) {
  console.log(`${server.title} …`);
  const result = await testServer(server).catch((error) => ({ problem: error.message }));
  if (result.skipped !== undefined) {
    console.log(`  skipped, cannot be installed here: ${result.skipped}`);
    continue;
  }
  if (result.problem !== undefined) {
    console.log(`  ${result.problem}`);
    failed++;
    continue;
  }
  for (const test of result.failed) {
    console.log(`  ${result.unexpected.includes(test) ? "failed" : "known deviation"}: ${test}`);
  }
  passed += result.total - result.unexpected.length;
  failed += result.unexpected.length;
  rows.push({
    server: `${server.title} ${result.version}`,
    "passed, of": `${result.total - result.failed.length} of ${result.total}`,
    "unknown deviations": result.unexpected.length,
    crashes: result.crashes,
    seconds: result.seconds,
  });
}
console.table(rows);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
