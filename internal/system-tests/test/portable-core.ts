import { join } from "node:path";
import { build } from "esbuild";

/** What core exports. */
export type Core = typeof import("@metering/core");

/** Core as runtimes other than Node get it, with its own gzip, from source. */
export async function loadPortableCore(): Promise<Core> {
  const outfile = join(import.meta.dirname, "../.vitest/programs/portable-core.mjs");
  await build({
    stdin: { contents: 'export * from "@metering/core";', resolveDir: import.meta.dirname },
    outfile,
    bundle: true,
    platform: "browser",
    format: "esm",
    conditions: ["@metering/source"],
  });
  return import(outfile);
}
