// What a person gets who installs the published packages.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { libraries, published, root } from "@metering/tooling/published";
import { transformSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installApp, packAll, run, sizeOf, type Tarball } from "../src/consumer.ts";
import { localPrograms } from "../src/programs.ts";
import { readDocument, tsBlocks } from "../src/documents.ts";

const bin = (name: string): string => join(root, "node_modules/.bin", name);
const work = mkdtempSync(join(tmpdir(), "metering-packages-"));
let tarballs: ReadonlyMap<string, Tarball>;
beforeAll(() => {
  tarballs = packAll(work);
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

function tarballOf(name: string): Tarball {
  const found = tarballs.get(name);
  if (found === undefined) throw new Error(`${name} was not packed`);
  return found;
}

const documents = ["README.md", "LICENSE", "package.json"];
const library = ["dist/index.js", "dist/index.cjs", "src/index.ts"];
const unwanted = /(^|\/)(tests?|integration|slow|node_modules)\/|\.test\.|tsup\.config|vitest|tsbuildinfo|\.api\.md/;
const fields = ["description", "keywords", "repository", "license", "engines", "exports", "publishConfig"];

describe.each(published)("$name", ({ name, version, folder, path, manifest, entries }) => {
  test("packs without tests and with all it should have", () => {
    const { files } = tarballOf(name);
    const needed = [...documents, ...(entries.length > 0 ? library : ["dist/metering.js", "src/metering.ts"])];
    // Changesets makes the change log with the first version.
    expect(files).toEqual(expect.arrayContaining(version === "0.0.0" ? needed : [...needed, "CHANGELOG.md"]));
    // A template is tests, too.
    expect(files.filter((file) => unwanted.test(file) && !file.startsWith("template/"))).toEqual([]);
    expect(Object.keys(manifest)).toEqual(expect.arrayContaining(fields));
    expect(manifest["repository"]).toMatchObject({ directory: `packages/${folder}` });
  });

  test("holds its source once: source maps only point to it", () => {
    const maps = readdirSync(join(path, "dist")).filter((file) => file.endsWith(".map") && !file.includes(".d."));
    expect(maps).not.toEqual([]);
    for (const file of maps) {
      expect(JSON.parse(readFileSync(join(path, "dist", file), "utf8"))).not.toHaveProperty("sourcesContent");
    }
  });

  test("has the project's license", () => {
    expect(readFileSync(join(path, "LICENSE"), "utf8")).toBe(readFileSync(join(root, "LICENSE"), "utf8"));
  });

  test("pleases publint", () => void run(bin("publint"), ["run", "--strict", tarballOf(name).path]));

  test.skipIf(entries.length === 0)("has types that resolve in every module system", () => {
    run(bin("attw"), ["--profile", "node16", tarballOf(name).path]);
  });
});

const typescripts = ["5.4.5", "5.9.3", "6.0.3", "7.0.2"];
// vitest loads the contract suite, nothing else does.
const names = libraries.map(({ name }) => name).filter((name) => name !== "@metering/storage-contract");

describe("an app with all packages", () => {
  const app = join(work, "everything");
  beforeAll(() => {
    const compilers = typescripts.map((version) => `typescript-${version}@npm:typescript@${version}`);
    installApp(app, tarballs, [...tarballs.keys()], ["vitest@4.1.12", "@types/node@20.19.43", ...compilers]);
    for (const [file, code] of Object.entries(localPrograms)) writeFileSync(join(app, file), code);
  });

  test.each(Object.keys(localPrograms))("writes and reads from %s", (file) => {
    expect(run(process.execPath, [file, join(work, file)], app)).toContain("ok");
  });

  const entries = libraries
    .filter(({ name }) => names.includes(name))
    .flatMap((one) => one.entries.map((entry) => entry.name));
  test.each(entries)("loads %s from ESM and CJS", (entry) => {
    run(process.execPath, ["--input-type=module", "-e", `await import("${entry}")`], app);
    run(process.execPath, ["--input-type=commonjs", "-e", `require("${entry}")`], app);
  });

  // The first program of a README is the first thing that a person tries.
  const folders = ["core", "writer", "reader", "recorder", "spool", "storage-localfs", "storage-memory"];
  const readmes = folders.map((folder) => `packages/${folder}/README.md`);
  test.each(["README.md", ...readmes])("runs the first program of %s", (readme) => {
    const [block] = tsBlocks(readDocument(readme));
    const folder = join(app, "programs", readme);
    // Programs that read expect their bucket to be there.
    mkdirSync(join(folder, "usage"), { recursive: true });
    writeFileSync(join(folder, "program.mjs"), transformSync(block?.code ?? "", { loader: "ts" }).code);
    run(process.execPath, ["program.mjs"], folder);
  });

  const uses = names.map((name, i) => `import * as p${i} from "${name}";\nexport const use${i} = p${i};`).join("\n");
  const resolutions = [
    { resolution: "nodenext", module: "nodenext", files: ["app.ts", "app.cts"] },
    { resolution: "bundler", module: "esnext", files: ["app.ts"] },
  ];
  const combinations = typescripts.flatMap((version) => resolutions.map((one) => ({ version, ...one })));
  test.each(combinations)(
    "type-checks with TypeScript $version under $resolution, libraries included",
    ({ version, resolution, module, files }) => {
      for (const file of files) writeFileSync(join(app, file), uses);
      const strict = { strict: true, skipLibCheck: false, noEmit: true, types: ["node"] };
      const target = { target: "es2022", lib: ["es2023", "esnext.disposable"] };
      const compilerOptions = { module, moduleResolution: resolution, ...strict, ...target };
      writeFileSync(join(app, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
      run(process.execPath, [`node_modules/typescript-${version}/bin/tsc`, "-p", "."], app);
    },
  );
});

describe("an adapter's author who installs @metering/storage-contract", () => {
  const app = join(work, "adapter");
  beforeAll(() => {
    const installed = ["@metering/core", "@metering/storage-kit", "@metering/storage-contract"];
    installApp(app, tarballs, installed, ["vitest@4.1.12"]);
  });

  test("loads it from ESM and CJS, also outside of Vitest", () => {
    const use = 'if (typeof testStorageContract !== "function") throw new Error("not there")';
    const name = "@metering/storage-contract";
    run(process.execPath, ["--input-type=module", "-e", `import { testStorageContract } from "${name}"; ${use}`], app);
    run(
      process.execPath,
      ["--input-type=commonjs", "-e", `const { testStorageContract } = require("${name}"); ${use}`],
      app,
    );
  });

  test("finds a whole adapter in it that uses the kit and passes the contract", () => {
    cpSync(join(app, "node_modules/@metering/storage-contract/template"), join(app, "my-adapter"), { recursive: true });
    expect(run("npx", ["vitest", "run", "--root", "my-adapter"], app)).toContain("http-storage.test.ts");
  });
});

test("faults and latency need no Vitest", () => {
  const folder = join(work, "faults");
  installApp(folder, tarballs, ["@metering/core", "@metering/storage-kit"]);
  expect(readdirSync(join(folder, "node_modules"))).not.toContain("vitest");
  const use = "if (typeof withFaults !== 'function' || typeof withLatency !== 'function') throw new Error('not there')";
  run(process.execPath, ["-e", `const { withFaults, withLatency } = require("@metering/storage-kit"); ${use}`], folder);
});

test.each([
  { backend: "@metering/storage-s3", foreign: /^(ali-oss|@alicloud|@azure)$/ },
  { backend: "@metering/storage-oss", foreign: /^(@aws-sdk|@azure)$/ },
  { backend: "@metering/storage-azure", foreign: /^(ali-oss|@alicloud|@aws-sdk)$/ },
  { backend: "@metering/storage-localfs", foreign: /^(ali-oss|@alicloud|@aws-sdk|@azure)$/ },
])("an app with the writer and $backend has no other backend's client", ({ backend, foreign }) => {
  const folder = join(work, backend);
  installApp(folder, tarballs, ["@metering/core", "@metering/writer", backend]);
  const modules = join(folder, "node_modules");
  expect(readdirSync(modules).filter((name) => foreign.test(name))).toEqual([]);
  console.log(`${backend}: ${(sizeOf(modules) / 2 ** 20).toFixed(1)} MiB installed with core and the writer`);
});
