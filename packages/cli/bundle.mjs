// Bundles the command from source, so that tests run it as the process that users run, without a build.
import { join } from "node:path";
import { build } from "esbuild";

/**
 * @param {string} [outdir] It has to lie inside the package: `package.json` and what is not bundled are found from there.
 * @returns {Promise<string>} The program.
 */
export async function bundleCommand(outdir = join(import.meta.dirname, ".vitest")) {
  await build({
    entryPoints: [join(import.meta.dirname, "src/metering.ts")],
    outdir,
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    outExtension: { ".js": ".mjs" },
    target: "node20",
    conditions: ["@metering/source"],
    external: ["@aws-sdk/*", "@azure/*", "ali-oss"],
    logLevel: "warning",
  });
  return join(outdir, "metering.mjs");
}
