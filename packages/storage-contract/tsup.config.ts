import { cp, rm, writeFile } from "node:fs/promises";
import { library } from "@metering/tooling/tsup";
import { defineConfig } from "tsup";

const example = new URL("../../examples/custom-adapter/", import.meta.url);

export default defineConfig(async (overrides) => {
  const settings = library();
  const [options] = [typeof settings === "function" ? await settings(overrides) : settings].flat();
  return { ...options, onSuccess };
});

async function onSuccess(): Promise<void> {
  // Vitest refuses to be required, but Node requires ES modules, and those import it.
  await writeFile("dist/index.cjs", 'module.exports = require("./index.js");\n');
  await rm("dist/index.cjs.map", { force: true });
  for (const file of ["README.md", "http-storage.ts", "http-storage.test.ts", "http-store.ts"]) {
    await cp(new URL(file, example), `template/${file}`);
  }
}
