// `npm run soak -- --minutes 10`: on the real S3 server where the environment names one (see with-ceph), else in a folder.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { bundlePrograms } from "./bundle.mjs";

const folder = await bundlePrograms(["soak"], join(import.meta.dirname, ".vitest/programs/soak"));
spawn(process.execPath, ["--expose-gc", join(folder, "soak.mjs"), ...process.argv.slice(2)], {
  stdio: "inherit",
}).once("exit", (code) => {
  process.exitCode = code ?? 1;
});
