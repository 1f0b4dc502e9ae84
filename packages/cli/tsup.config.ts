import { defineConfig } from "tsup";

// A program, not a library: ESM for Node alone. Each command is a file of its own, loaded when it is called.
export default defineConfig({
  entry: ["src/metering.ts"],
  format: "esm",
  target: "node20",
  platform: "node",
  splitting: true,
  sourcemap: true,
  esbuildOptions(options) {
    // The maps lead to `src`, which is published too.
    options.sourcesContent = false;
  },
  clean: true,
  silent: true,
});
