import { join } from "node:path";
import { build } from "esbuild";

/** Bundles the command from source, so that tests start the process that users start, without a build. */
export default async function bundle(): Promise<void> {
  await build({
    entryPoints: [join(import.meta.dirname, "../src/metering.ts")],
    // Inside the package: what is not bundled is found from there.
    outdir: join(import.meta.dirname, "../.vitest"),
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
}
