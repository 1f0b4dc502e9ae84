// `npm run quickstart`: installs only what the example needs, bundles it from source (no build, no declarations), runs it.
import { fileURLToPath, pathToFileURL } from "node:url";
import { setup } from "./setup.mjs";

const example = new URL("../../examples/quickstart/", import.meta.url);
// Beside the program, so that paths and packages are found from there as from the program itself.
const bundle = fileURLToPath(new URL(".bundle.mjs", example));

if (!(await setup(["examples/quickstart", "internal/tooling"]))) process.exit(1);
const { build } = await import("esbuild");
const began = performance.now();
await build({
  entryPoints: [fileURLToPath(new URL("main.mjs", example))],
  outfile: bundle,
  bundle: true,
  format: "esm",
  platform: "node",
  conditions: ["@metering/source"],
  logLevel: "warning",
});
console.error(`Bundled the packages in ${((performance.now() - began) / 1000).toFixed(1)} s.`);
await import(pathToFileURL(bundle).href);
