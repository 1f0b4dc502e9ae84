// The packed packages by every package manager, in every bundle and under Jest. Installs what it needs from the registry.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeApp, installApp, packAll, run, type Tarball } from "../src/consumer.ts";
import { allPrograms, jestPrograms, packagesOfAll } from "../src/programs.ts";

const work = mkdtempSync(join(tmpdir(), "metering-loading-"));
const node = process.execPath;
let tarballs: ReadonlyMap<string, Tarball>;
beforeAll(() => {
  tarballs = packAll(work);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

function writePrograms(folder: string, programs: Readonly<Record<string, string>>): void {
  for (const [file, code] of Object.entries(programs)) writeFileSync(join(folder, file), code);
}

describe("installed with what the READMEs say and nothing else", () => {
  const tools = join(work, "managers");
  const tool = (path: string): string => join(tools, "node_modules", path);
  beforeAll(() => installApp(tools, new Map(), [], ["pnpm@10.34.9", "@yarnpkg/cli-dist@4.18.1"]));

  function createApp(name: string): string {
    const folder = join(work, name);
    describeApp(folder, tarballs, packagesOfAll);
    writePrograms(folder, allPrograms);
    return folder;
  }

  test("by npm, ESM and CommonJS run", () => {
    const folder = createApp("npm");
    run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"], folder);
    for (const file of Object.keys(allPrograms))
      expect(run(node, [file, join(work, "npm-data")], folder)).toContain("ok");
  });

  test("by pnpm, whose folders hold only what a package names", () => {
    const folder = createApp("pnpm");
    run(node, [tool("pnpm/bin/pnpm.cjs"), "install", "--prefer-offline", "--store-dir", join(work, "store")], folder);
    for (const file of Object.keys(allPrograms))
      expect(run(node, [file, join(work, "pnpm-data")], folder)).toContain("ok");
  });

  test("by Yarn with Plug'n'Play, which refuses what a package does not name", () => {
    const folder = createApp("yarn");
    const registry = run("npm", ["config", "get", "registry"]).trim();
    const settings = {
      npmRegistryServer: registry,
      enableTelemetry: false,
      enableGlobalCache: false,
      // In CI Yarn expects a complete lock. Here it makes it.
      enableImmutableInstalls: false,
      nodeLinker: "pnp",
    };
    writeFileSync(join(folder, ".yarnrc.yml"), JSON.stringify(settings));
    writeFileSync(join(folder, "yarn.lock"), "");
    const yarn = tool("@yarnpkg/cli-dist/bin/yarn.js");
    run(node, [yarn, "install"], folder);
    for (const file of Object.keys(allPrograms)) {
      expect(run(node, [yarn, "node", file, join(work, "yarn-data")], folder)).toContain("ok");
    }
  });
});

describe("in an app with bundlers and Jest", () => {
  const app = join(work, "bundled");
  const bin = (name: string): string => join(app, "node_modules/.bin", name);
  const rollup = ["rollup@4.63.0", ...["commonjs", "json", "node-resolve"].map((name) => `@rollup/plugin-${name}`)];
  const bundlers = ["esbuild@0.27.7", "webpack@5", "webpack-cli@6", "vite@7", ...rollup];
  beforeAll(() => {
    installApp(app, tarballs, packagesOfAll, [...bundlers, "jest@30"]);
    writePrograms(app, { ...allPrograms, ...jestPrograms(join(work, "jest-data")) });
    // What is left out of a bundle is found beside it.
    mkdirSync(join(work, "out"));
    symlinkSync(join(app, "node_modules"), join(work, "out/node_modules"), "junction");
  });

  const out = (file: string): string => join(work, "out", file);
  const bundled = (file: string): string => run(node, [out(file), join(work, "bundled-data")], work);
  /** ali-oss's HTTP client names a package that nobody installs, and storage-azure one that not everybody needs. */
  const external = ["proxy-agent", "@azure/identity"];
  const esbuild = (entry: string, format: string, outfile: string, ...options: string[]): void => {
    const left = external.map((name) => `--external:${name}`);
    const fixed = ["--bundle", "--platform=node", ...left, "--log-level=warning"];
    run(bin("esbuild"), [entry, ...fixed, `--format=${format}`, `--outfile=${out(outfile)}`, ...options], app);
  };

  test("an esbuild bundle of CommonJS runs", () => {
    esbuild("app.cjs", "cjs", "esbuild.cjs");
    expect(bundled("esbuild.cjs")).toContain("ok");
  });

  test("an esbuild bundle of ES modules runs with a require, and says so without", () => {
    esbuild("app.mjs", "esm", "bare.mjs");
    expect(() => bundled("bare.mjs")).toThrow(/createRequire[^]*missing-dependency/);
    const banner =
      'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);';
    esbuild("app.mjs", "esm", "banner.mjs", `--banner:js=${banner}`);
    expect(bundled("banner.mjs")).toContain("ok");
  });

  test("a webpack bundle runs", () => {
    const output = { path: out("webpack"), filename: "app.cjs", chunkFilename: "[name].cjs" };
    // The Azure SDK asks for import.meta, which a bundle of CommonJS has not.
    const left = [...external, "@azure/storage-blob"];
    const externals = Object.fromEntries(left.map((name) => [name, `commonjs ${name}`]));
    const config = { mode: "production", target: "node20", entry: "./app.mjs", output, externals };
    writeFileSync(join(app, "webpack.config.cjs"), `module.exports = ${JSON.stringify(config)};`);
    run(bin("webpack"), [], app);
    expect(bundled("webpack/app.cjs")).toContain("ok");
  });

  test("a rollup bundle runs, the clients left outside", () => {
    const clients = [/^@aws-sdk/, /^ali-oss/, /^@alicloud/, /^@azure/].map(String).join(", ");
    const output = `{ dir: ${JSON.stringify(out("rollup"))}, entryFileNames: "[name].mjs", chunkFileNames: "[name].mjs" }`;
    const config = `
import commonjs from "@rollup/plugin-commonjs";
import json from "@rollup/plugin-json";
import { nodeResolve } from "@rollup/plugin-node-resolve";
const plugins = [nodeResolve({ preferBuiltins: true, exportConditions: ["node"] }), commonjs(), json()];
export default { input: "app.mjs", output: ${output}, external: [${clients}], plugins };`;
    writeFileSync(join(app, "rollup.config.mjs"), config);
    run(bin("rollup"), ["-c"], app);
    expect(bundled("rollup/app.mjs")).toContain("ok");
  });

  test("a server bundle of Vite runs", () => {
    const build = { ssr: "app.mjs", outDir: out("vite"), target: "node20" };
    const config = { build, ssr: { noExternal: packagesOfAll } };
    writeFileSync(join(app, "vite.config.mjs"), `export default ${JSON.stringify(config)};`);
    run(bin("vite"), ["build", "--logLevel", "warn"], app);
    expect(bundled("vite/app.mjs")).toContain("ok");
  });

  const jest = (file: string, ...nodeOptions: string[]): void => {
    const config = { testMatch: [`**/${file}`], moduleFileExtensions: ["mjs", "cjs", "js", "json"], transform: {} };
    const command = join(app, "node_modules/jest/bin/jest.js");
    run(node, [...nodeOptions, command, "--config", JSON.stringify(config)], app);
  };

  test("tests under Jest run as CommonJS, as Jest is by default", () => jest("app.test.cjs"));

  test("tests under Jest run as ES modules, with the option of Node that Jest needs for them", () =>
    jest("app.test.mjs", "--experimental-vm-modules"));
});
