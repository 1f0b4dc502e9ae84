// Installs what the lock file asks for, only when node_modules differs from it. Needs nothing installed itself.
// With `--omit=dev`: without the root package's `devDependencies`, which build, check and document. Tests run without them.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { isDeepStrictEqual } from "node:util";

const root = new URL("../../", import.meta.url);

/** @param {string} path */
function lockedPackages(path) {
  try {
    const { packages } = JSON.parse(readFileSync(new URL(path, root), "utf8"));
    return packages;
  } catch {
    return undefined;
  }
}

/** @param {{ dev?: boolean, devOptional?: boolean }} entry */
const isDev = (entry) => entry.dev === true || entry.devOptional === true;

/**
 * @param {Readonly<Record<string, any>> | undefined} installed
 * @param {readonly string[]} workspaces
 * @param {boolean} omitDev
 */
function isCurrent(installed, workspaces, omitDev) {
  const wanted = lockedPackages("package-lock.json");
  if (installed === undefined) return false;
  const same = (path) => isDeepStrictEqual(wanted[path], installed[path]);
  if (workspaces.length > 0) {
    // Whatever else is installed came with the same lock file.
    return workspaces.every((path) => installed[path] !== undefined) && Object.keys(installed).every(same);
  }
  // The installed lock leaves out the root package and the optional ones of other platforms.
  return Object.entries(wanted).every(
    ([path, entry]) =>
      (installed[path] !== undefined && same(path)) ||
      (installed[path] === undefined &&
        (!path.includes("node_modules/") || entry.optional || entry.peer || (omitDev && isDev(entry)))),
  );
}

/** @param {string} text on a terminal it replaces the line before it */
function printLine(text) {
  process.stderr.write(process.stderr.isTTY ? `\r${text}` : `${text}\n`);
}

/**
 * @param {readonly string[]} [workspaces] only what these need at run time
 * @param {boolean} [omitDev]
 * @returns {Promise<boolean>} whether everything is there now
 */
export async function setup(workspaces = [], omitDev = workspaces.length > 0) {
  const installed = lockedPackages("node_modules/.package-lock.json");
  if (isCurrent(installed, workspaces, omitDev)) return true;
  const hasTools = Object.values(installed ?? {}).some((entry) => entry.dev === true);
  // What is installed stays, so that the next command need not install it again.
  const only = omitDev && !hasTools ? ["--omit=dev", ...workspaces.flatMap((path) => ["--workspace", path])] : [];
  const began = Date.now();
  printLine("Installing dependencies (npm ci) …");
  const progress = setInterval(() => {
    printLine(`Installing dependencies (npm ci) … ${Math.round((Date.now() - began) / 1000)} s`);
  }, 2000);
  const npm = spawn("npm", ["ci", ...only, "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  const [status] = await once(npm, "exit");
  clearInterval(progress);
  printLine(
    `Installed dependencies in ${((Date.now() - began) / 1000).toFixed(1)} s.${process.stderr.isTTY ? "\n" : ""}`,
  );
  return status === 0;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href)
  process.exitCode = (await setup([], process.argv.includes("--omit=dev"))) ? 0 : 1;
