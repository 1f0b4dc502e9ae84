import { defineConfig } from "tsup";

/**
 * Build settings of every published package: ESM and CJS with declarations for both.
 * Development dependencies are bundled: zod, of which a package needs a small part, and `@metering/schema`.
 * Imports by `#name` stay as they are, so that the package's export conditions choose the file at run time.
 *
 * @param {string[]} entry
 */
export function library(entry = ["src/index.ts"]) {
  return defineConfig({
    entry,
    format: ["esm", "cjs"],
    target: "node20",
    platform: "neutral",
    external: [/^#/, /^node:/],
    // A package may name zod as a peer for its types. The code has its own.
    noExternal: [/^zod\//],
    // Without "node:", an import means a package to bundlers and to other runtimes.
    removeNodeProtocol: false,
    dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
    sourcemap: true,
    esbuildOptions(options, { format }) {
      // What is bundled has to run anywhere. hyparquet offers its code without Node's modules under this name.
      options.conditions = ["browser"];
      // The maps lead to `src`, which is published too.
      options.sourcesContent = false;
      // Jest runs CommonJS where `import()` does not work. It becomes a `require` at the same place.
      if (format === "cjs") options.supported = { ...options.supported, "dynamic-import": false };
    },
    clean: true,
    silent: true,
  });
}
