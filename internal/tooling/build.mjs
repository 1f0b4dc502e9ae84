// Builds all packages (cached where nothing changed), with output only where something fails.
import { spawnSync } from "node:child_process";

console.error("Building the packages …");
const { status, stdout, stderr } = spawnSync("nx", ["run-many", "-t", "build"], {
  encoding: "utf8",
  shell: process.platform === "win32",
});
if (status !== 0) console.error(stdout, stderr);
process.exitCode = status ?? 1;
