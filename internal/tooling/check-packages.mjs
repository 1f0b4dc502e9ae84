// What a person gets who installs the published packages: packs each, checks it, installs it into an empty folder, uses it
// from ESM and CJS, runs the READMEs' programs and type-checks with each TypeScript. Ends with "N passed, N failed".
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transformSync } from "esbuild";
import { check, conclude } from "./checks.mjs";
import { installApp, pack, programs, run, sizeOf } from "./consumer.mjs";
import { published, root } from "./published.mjs";
import { tsBlocks } from "./snippets.mjs";

const bin = (name) => join(root, "node_modules/.bin", name);
const work = mkdtempSync(join(tmpdir(), "metering-packages-"));
const mebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

// ── Each package by itself ───────────────────────────────────────────────────────────────────────────────────────

const needed = ["README.md", "LICENSE", "package.json", "dist/index.js", "dist/index.cjs", "src/index.ts"];
const unwanted = /(^|\/)(tests?|integration|node_modules)\/|\.test\.|tsup\.config|vitest|tsbuildinfo/;
const fields = ["description", "keywords", "repository", "license", "engines", "exports", "publishConfig"];

const tarballs = new Map();
for (const manifest of published) {
  const { name, path } = manifest;
  await check(`${name}: packs without tests and with all it should have`, () => {
    const { tarball, files, bytes } = pack(manifest, work);
    tarballs.set(name, tarball);
    // Changesets makes the change log with the first version.
    const wanted = manifest.version === "0.0.0" ? needed : [...needed, "CHANGELOG.md"];
    const missing = wanted.filter((file) => !files.includes(file));
    if (missing.length > 0) throw new Error(`missing: ${missing.join(", ")}`);
    const extra = files.filter((file) => unwanted.test(file));
    if (extra.length > 0) throw new Error(`unwanted: ${extra.join(", ")}`);
    const absent = fields.filter((field) => manifest[field] === undefined);
    if (absent.length > 0) throw new Error(`fields missing: ${absent.join(", ")}`);
    if (manifest.repository.directory !== `packages/${manifest.folder}`)
      throw new Error("repository.directory is wrong");
    return `${files.length} files, ${Math.round(bytes / 1024)} KiB packed`;
  });
  await check(`${name}: its license is the project's`, () => {
    if (!readFileSync(join(path, "LICENSE")).equals(readFileSync(join(root, "LICENSE")))) throw new Error("differs");
  });
  await check(`${name}: publint`, () => void run(bin("publint"), ["run", "--strict", tarballs.get(name)]));
  await check(`${name}: types resolve everywhere`, () => {
    run(bin("attw"), ["--profile", "node16", tarballs.get(name)]);
  });
}

// ── Installed into an empty folder ───────────────────────────────────────────────────────────────────────────────

const typescripts = ["5.9.3", "6.0.3", "7.0.2"];
const everything = join(work, "everything");

await check("an app with all packages installs from the tarballs", () => {
  const all = published.map(({ name }) => name);
  const others = ["vitest@4.1.12", "@types/node@20.19.43"];
  installApp(everything, tarballs, all, [...others, ...typescripts.map((v) => `typescript-${v}@npm:typescript@${v}`)]);
  for (const [file, code] of Object.entries(programs)) writeFileSync(join(everything, file), code);
});
for (const file of Object.keys(programs)) {
  await check(`… writes and reads from ${file}`, () => {
    run(process.execPath, [file, join(work, file)], everything);
  });
}
await check("… loads every entry from ESM and CJS", () => {
  const entries = published
    .filter(({ name }) => name !== "@metering/storage-contract")
    .flatMap((manifest) => manifest.entries.map((entry) => entry.name));
  for (const entry of entries) {
    run(process.execPath, ["--input-type=module", "-e", `await import("${entry}")`], everything);
    run(process.execPath, ["--input-type=commonjs", "-e", `require("${entry}")`], everything);
  }
  return `${entries.length} entries`;
});

// The first program of a README is the first thing that a person tries.
for (const readme of [
  "README.md",
  ...["core", "writer", "reader", "storage-localfs"].map((p) => `packages/${p}/README.md`),
]) {
  await check(`… runs the first program of ${readme}`, () => {
    const [{ code }] = tsBlocks(readFileSync(join(root, readme), "utf8"));
    const folder = join(everything, "programs", readme);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "program.mjs"), transformSync(code, { loader: "ts" }).code);
    run(process.execPath, ["program.mjs"], folder);
  });
}

await check("… knows every key of the README's listing", () => {
  const keys = [...readFileSync(join(root, "README.md"), "utf8").matchAll(/^ +(metering\/\S+)/gm)].map(
    ([, key]) => key,
  );
  const program = `
    import { parseMetadataKey, parseMeteringKey } from "@metering/core";
    const unknown = ${JSON.stringify(keys)}.filter((key) => (parseMeteringKey(key) ?? parseMetadataKey(key)) === undefined);
    if (unknown.length > 0) throw new Error(unknown.join(", "));`;
  run(process.execPath, ["--input-type=module", "-e", program], everything);
  return `${keys.length} keys`;
});

// ── Types ────────────────────────────────────────────────────────────────────────────────────────────────────────

const names = published.map(({ name }) => name).filter((name) => name !== "@metering/storage-contract");
const uses = names.map((name, i) => `import * as p${i} from "${name}";\nexport const use${i} = p${i};`).join("\n");
const resolutions = {
  nodenext: { module: "nodenext", moduleResolution: "nodenext", files: ["app.ts", "app.cts"] },
  bundler: { module: "esnext", moduleResolution: "bundler", files: ["app.ts"] },
};
for (const version of typescripts) {
  for (const [resolution, { files, ...options }] of Object.entries(resolutions)) {
    await check(`… type-checks with TypeScript ${version} under ${resolution}, libraries included`, () => {
      for (const file of files) writeFileSync(join(everything, file), uses);
      const strict = { strict: true, skipLibCheck: false, noEmit: true, types: ["node"] };
      const compilerOptions = { ...options, ...strict, target: "es2022", lib: ["es2023", "esnext.disposable"] };
      writeFileSync(join(everything, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
      run(process.execPath, [`node_modules/typescript-${version}/bin/tsc`, "-p", "."], everything);
    });
  }
}

// ── Nothing of another backend ───────────────────────────────────────────────────────────────────────────────────

for (const [backend, foreign] of [
  ["@metering/storage-s3", /^(ali-oss|@alicloud)$/],
  ["@metering/storage-oss", /^@aws-sdk$/],
  ["@metering/storage-localfs", /^(ali-oss|@alicloud|@aws-sdk)$/],
]) {
  await check(`an app with the writer and ${backend} has no other backend's client`, () => {
    const folder = join(work, backend);
    installApp(folder, tarballs, ["@metering/core", "@metering/writer", backend]);
    const found = readdirSync(join(folder, "node_modules")).filter((name) => foreign.test(name));
    if (found.length > 0) throw new Error(`there is ${found.join(", ")}`);
    const lock = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8"));
    return `${Object.keys(lock.packages).length - 1} packages, ${mebibytes(sizeOf(join(folder, "node_modules")))}`;
  });
}

rmSync(work, { recursive: true, force: true });
conclude();
