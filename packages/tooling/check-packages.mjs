// What a person gets who installs the published packages: packs each, checks it, installs it into an empty folder, uses it
// from ESM and CJS, and type-checks both. Prints sizes; ends with "N passed, N failed".
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const bin = (name) => join(root, "node_modules/.bin", name);
const work = mkdtempSync(join(tmpdir(), "metering-packages-"));
let passed = 0;
let failed = 0;

/** Runs one check and says how it went. */
function check(name, test) {
  try {
    const note = test();
    passed++;
    console.log(`✓ ${name}${note === undefined ? "" : ` (${note})`}`);
  } catch (error) {
    failed++;
    console.log(`✗ ${name}\n${error instanceof Error ? error.message : String(error)}`);
  }
}

function run(command, args, cwd = root) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}\n${stdout}${stderr}`);
  return stdout;
}

function sizeOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

const manifests = readdirSync(join(root, "packages"))
  .map((folder) => ({ folder, ...JSON.parse(readFileSync(join(root, "packages", folder, "package.json"), "utf8")) }))
  .filter((manifest) => manifest.private !== true);

// ── Each package by itself ───────────────────────────────────────────────────────────────────────────────────────

const tarballs = new Map();
for (const { folder, name, ...manifest } of manifests) {
  const path = join(root, "packages", folder);
  check(`${name}: packs without tests and with all it should have`, () => {
    const [packed] = JSON.parse(run("npm", ["pack", "--json", "--pack-destination", work], path));
    tarballs.set(name, join(work, packed.filename));
    const files = packed.files.map((file) => file.path);
    const missing = ["README.md", "LICENSE", "package.json", "dist/index.js", "dist/index.cjs"].filter(
      (file) => !files.includes(file),
    );
    if (missing.length > 0) throw new Error(`missing: ${missing.join(", ")}`);
    const unwanted = files.filter((file) => /(^|\/)tests?(-real)?\/|\.test\.|tsup\.config|vitest/.test(file));
    if (unwanted.length > 0) throw new Error(`unwanted: ${unwanted.join(", ")}`);
    const fields = ["description", "keywords", "repository", "license", "engines", "exports", "publishConfig"];
    const absent = fields.filter((field) => manifest[field] === undefined);
    if (absent.length > 0) throw new Error(`fields missing: ${absent.join(", ")}`);
    return `${files.length} files, ${Math.round(packed.size / 1024)} KiB packed`;
  });
  check(`${name}: publint`, () => void run(bin("publint"), ["run", "--strict", tarballs.get(name)]));
  check(`${name}: types resolve everywhere`, () => void run(bin("attw"), ["--profile", "node16", tarballs.get(name)]));
}

// ── Installed into an empty folder ───────────────────────────────────────────────────────────────────────────────

function install(app, names, more = []) {
  const folder = join(work, app);
  mkdirSync(folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: app, private: true }));
  // Our own packages come from the tarballs also where one of them asks for another.
  const files = manifests.filter(({ name }) => names.includes(name)).map(({ name }) => tarballs.get(name));
  run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error", ...files, ...more], folder);
  return folder;
}

const smoke = `
const storage = new LocalFsStorage({ basePath: process.argv[2] });
const data = [{ logical_cluster_id: "lc-1", stored: { value: 18446744073709551615n, unit: "bytes" } }];
const record = { timestamp: 1755850380, category: "tidb-server", selfId: "tidb01", data };
await new MeteringWriter(storage).write(record);
const found = [];
for await (const { element } of new MeteringReader(storage).scan({ from: 1755850380, to: 1755850440 }).entries()) found.push(element);
if (found[0].stored.value !== 18446744073709551615n) throw new Error("not what was written");
const refused = await new MeteringWriter(storage).write(record).catch((error) => error);
if (!isMeteringError(refused, "already-exists")) throw refused;
await storage.close();
console.log("ok");
`;
const imports = {
  "@metering/core": "isMeteringError",
  "@metering/reader": "MeteringReader",
  "@metering/storage-localfs": "LocalFsStorage",
  "@metering/writer": "MeteringWriter",
};
const esm =
  Object.entries(imports)
    .map(([from, name]) => `import { ${name} } from "${from}";`)
    .join("\n") + smoke;
const cjs = `${Object.entries(imports)
  .map(([from, name]) => `const { ${name} } = require("${from}");`)
  .join("\n")}\n(async () => {${smoke}})();`;

check("an app with all packages, installed from the tarballs", () => {
  const all = manifests.map(({ name }) => name);
  const folder = install("everything", all, ["vitest@4.1.12"]);
  writeFileSync(join(folder, "app.mjs"), esm);
  writeFileSync(join(folder, "app.cjs"), cjs);
  return `${Math.round(sizeOf(join(folder, "node_modules")) / 2 ** 20)} MiB`;
});
for (const file of ["app.mjs", "app.cjs"]) {
  check(
    `… writes and reads from ${file}`,
    () => void run(process.execPath, [file, join(work, file)], join(work, "everything")),
  );
}
check("… loads every entry from ESM and CJS", () => {
  const entries = manifests
    .filter(({ name }) => name !== "@metering/storage-contract")
    .flatMap(({ name, exports }) =>
      Object.keys(exports)
        .filter((path) => path !== "./package.json")
        .map((path) => name + path.slice(1)),
    );
  const folder = join(work, "everything");
  for (const entry of entries) {
    run(process.execPath, ["--input-type=module", "-e", `await import("${entry}")`], folder);
    run(process.execPath, ["--input-type=commonjs", "-e", `require("${entry}")`], folder);
  }
  return `${entries.length} entries`;
});
for (const [resolution, options] of [
  ["nodenext", { module: "nodenext", moduleResolution: "nodenext" }],
  ["bundler", { module: "esnext", moduleResolution: "bundler" }],
]) {
  check(`… type-checks under ${resolution}, libraries included`, () => {
    const folder = join(work, "everything");
    const names = manifests.map(({ name }) => name).filter((name) => name !== "@metering/storage-contract");
    writeFileSync(
      join(folder, "app.ts"),
      names.map((name, i) => `import * as p${i} from "${name}";\nexport const use${i} = p${i};`).join("\n"),
    );
    cpSync(join(folder, "app.ts"), join(folder, "app.cts"));
    const compilerOptions = {
      ...options,
      strict: true,
      target: "es2022",
      lib: ["es2023", "esnext.disposable"],
      types: ["node"],
      skipLibCheck: false,
      noEmit: true,
    };
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions, files: resolution === "nodenext" ? ["app.ts", "app.cts"] : ["app.ts"] }),
    );
    cpSync(join(root, "node_modules/@types/node"), join(folder, "node_modules/@types/node"), { recursive: true });
    cpSync(join(root, "node_modules/undici-types"), join(folder, "node_modules/undici-types"), { recursive: true });
    run(bin("tsc"), ["-p", "."], folder);
  });
}
for (const [backend, foreign] of [
  ["@metering/storage-s3", /^(ali-oss|@alicloud)$/],
  ["@metering/storage-oss", /^@aws-sdk$/],
  ["@metering/storage-localfs", /^(ali-oss|@alicloud|@aws-sdk)$/],
]) {
  check(`an app with the writer and ${backend} has no other backend's client`, () => {
    const folder = install(backend.slice("@metering/".length), ["@metering/core", "@metering/writer", backend]);
    const installed = readdirSync(join(folder, "node_modules"));
    const unwanted = installed.filter((name) => foreign.test(name));
    if (unwanted.length > 0) throw new Error(`there is ${unwanted.join(", ")}`);
    const lock = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8"));
    return `${Object.keys(lock.packages).length - 1} packages, ${(sizeOf(join(folder, "node_modules")) / 2 ** 20).toFixed(1)} MiB`;
  });
}

rmSync(work, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
