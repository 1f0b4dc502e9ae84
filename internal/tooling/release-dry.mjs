// What a release of the last commit would be: versions, change logs and tarballs. Works on a copy; changes nothing here and
// publishes nothing. The tarballs stay in the folder named at the end.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { published, root } from "./published.mjs";

const work = mkdtempSync(join(tmpdir(), "metering-release-"));
const copy = join(work, "copy");
const tarballs = join(work, "tarballs");

run("git", ["clone", "--quiet", "--shared", root, copy]);
// A folder of its own with one link: npm writes into node_modules, and must not write into the real one.
mkdirSync(join(copy, "node_modules"));
symlinkSync(join(root, "node_modules/@changesets"), join(copy, "node_modules/@changesets"));
run(process.execPath, ["node_modules/@changesets/cli/bin.js", "version"], copy);
run("npm", ["install", "--package-lock-only", "--no-audit", "--no-fund"], copy);
run(process.execPath, ["internal/tooling/check-lock.mjs"], copy);

mkdirSync(tarballs);
const rows = [];
for (const manifest of published) {
  const path = join(copy, "packages", manifest.folder);
  cpSync(join(manifest.path, "dist"), join(path, "dist"), { recursive: true });
  const { version } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  if (version === manifest.version) {
    rows.push(`${manifest.name} stays at ${version}`);
    continue;
  }
  const [{ filename, files, size }] = JSON.parse(run("npm", ["pack", "--json", "--pack-destination", tarballs], path));
  rows.push(`${manifest.name} ${manifest.version} → ${version}: ${files.length} files, ${size} bytes, ${filename}`);
  const [, changes = "nothing of its own"] = readFileSync(join(path, "CHANGELOG.md"), "utf8").split(/^## .*$/m);
  console.log(`── ${manifest.name} ${version}\n${changes.trim()}\n`);
}
console.log(`${rows.join("\n")}\nThe tarballs are in ${tarballs}`);
rmSync(copy, { recursive: true, force: true });

/** Runs a command; throws with what it printed where it fails. */
function run(command, args, cwd = root) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}\n${stdout}${stderr}`);
  return stdout;
}
