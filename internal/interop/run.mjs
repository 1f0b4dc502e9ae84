// `npm run interop [-- NAME…] [--install] [--update]`: runs the parts of `parts.mjs`, or those named, prints what was tested, and
// ends with "N passed, N failed". What this machine lacks is left out, and the table says why; in CI that is a failure. CI leaves
// out parts that are `slow`.
// With `--install` nothing is run. With `--update` the rows in `docs/interop.md` are replaced.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { parts } from "./parts.mjs";
import { printTable, updateDocument } from "./table.mjs";

const here = import.meta.dirname;
const ceph = join(here, "../ceph");
const tools = join(here, ".tools");
const env = { ...process.env, INTEROP_TOOLS: tools, S3_SERVERS_HOME: tools };
const inCi = process.env["CI"] !== undefined;

const args = process.argv.slice(2);
const names = args.filter((arg) => !arg.startsWith("--"));
const isChosen = ({ name, slow }) => (names.length === 0 ? !(inCi && slow) : names.includes(name));
const chosen = parts.filter(isChosen);
if (chosen.length < names.length) throw new Error(`The parts are ${parts.map(({ name }) => name).join(", ")}.`);

/** Installs what a part needs. Returns its version, or what is missing. */
async function install({ name, tool = name, needsCeph }) {
  const script = join(here, "tools", tool);
  const ask = async (...command) => (await promisify(execFile)(...command, { env })).stdout.trim();
  try {
    if (needsCeph) await ask(join(ceph, "install"));
    await ask(script, ["install"]);
    return { version: await ask(script, ["version"]) };
  } catch (error) {
    return {
      missing: String(error.stderr || error.message)
        .trim()
        .split("\n")
        .at(-1),
    };
  }
}

/** Runs a part's tests. Returns a row for each outermost `describe`. */
async function test({ name, who }, version) {
  const results = join(here, ".vitest", `${name}.json`);
  rmSync(results, { force: true });
  const vitest = spawn("npx", ["vitest", "run", `integration/${name}.test.ts`, `--outputFile.json=${results}`], {
    cwd: here,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = [];
  for (const stream of [vitest.stdout, vitest.stderr]) stream.on("data", (chunk) => output.push(chunk));
  await once(vitest, "close");
  process.stdout.write(Buffer.concat(output));
  const { testResults } = JSON.parse(readFileSync(results, "utf8"));
  const rows = new Map();
  for (const { ancestorTitles, status } of testResults.flatMap(({ assertionResults }) => assertionResults)) {
    const [what] = ancestorTitles;
    const row = rows.get(what) ?? { who, version, what, passed: 0, failed: 0 };
    rows.set(what, row);
    // A test that was skipped has not shown anything.
    if (status === "passed") row.passed++;
    else row.failed++;
  }
  // Such as a file that cannot be imported.
  if (rows.size === 0) return [{ who, version, what: "no test ran", passed: 0, failed: 1 }];
  return [...rows.values()];
}

const installed = await Promise.all(chosen.map(install));
const mustStartCeph =
  process.env["S3_ENDPOINT"] === undefined && chosen.some(({ needsCeph }, i) => needsCeph && !installed[i].missing);

if (args.includes("--install")) {
  for (const [i, { who }] of chosen.entries()) console.log(`${who}: ${installed[i].version ?? installed[i].missing}`);
} else if (mustStartCeph) {
  // One server for all parts, since its start takes seconds.
  const again = spawn(join(ceph, "with-ceph"), process.argv, { stdio: "inherit" });
  [process.exitCode] = await once(again, "close");
} else {
  const results = [];
  const left = chosen.entries();
  const worker = async () => {
    for (const [i, part] of left) {
      const { version, missing } = installed[i];
      if (missing === undefined) results[i] = await test(part, version);
      else results[i] = [{ who: part.who, version: "", what: missing, passed: 0, failed: inCi ? 1 : 0 }];
    }
  };
  // Two at a time: each waits for the program that it tests.
  await Promise.all([worker(), worker()]);
  const rows = results.flat();
  printTable(rows);
  if (args.includes("--update")) await updateDocument(parts, rows);
  const sum = (result) => rows.reduce((total, row) => total + row[result], 0);
  console.log(`${sum("passed")} passed, ${sum("failed")} failed`);
  process.exitCode = sum("failed") > 0 ? 1 : 0;
}
