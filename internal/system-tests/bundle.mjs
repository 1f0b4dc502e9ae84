// Bundles programs of this package from source, so that Node can run them as processes of their own.
import { join } from "node:path";
import { build } from "esbuild";

/**
 * @param {readonly string[]} names Files of `test/programs`, without their ending.
 * @param {string} [outdir] It has to lie inside the package: what is not bundled is found from there.
 * @returns {Promise<string>} The folder with each program as `NAME.mjs`.
 */
export async function bundlePrograms(names, outdir = join(import.meta.dirname, ".vitest/programs")) {
  await build({
    entryPoints: names.map((name) => join(import.meta.dirname, `test/programs/${name}.ts`)),
    outdir,
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    outExtension: { ".js": ".mjs" },
    target: "node20",
    conditions: ["@metering/source"],
    external: ["@aws-sdk/*", "@azure/*"],
    logLevel: "warning",
  });
  return outdir;
}
