// Installs what the lock file asks for, only when node_modules differs from it. Needs nothing installed itself.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
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

// The installed lock leaves out the root package and the optional ones of other platforms.
const wanted = lockedPackages("package-lock.json");
const installed = lockedPackages("node_modules/.package-lock.json");
const current =
  installed !== undefined &&
  Object.entries(wanted).every(([path, entry]) => {
    if (installed[path] !== undefined) return isDeepStrictEqual(entry, installed[path]);
    return !path.includes("node_modules/") || entry.optional === true || entry.peer === true;
  });

if (!current) {
  console.error("Installing dependencies (npm ci) …");
  const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  process.exitCode = status ?? 1;
}
