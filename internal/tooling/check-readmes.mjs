// Holds the READMEs to the code: each table of options names every property of its interface and no other, the table of
// error codes every code, and links within the repository lead somewhere.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { check, conclude } from "./checks.mjs";
import { published, root } from "./published.mjs";
import { readmes } from "./readmes.mjs";

/** The interfaces that the tables of options in a package's README describe, in the order of the tables. */
const tablesOf = {
  "storage-kit": ["Fault"],
  "storage-contract": ["ContractOptions", "Abilities"],
  "storage-localfs": ["LocalFsStorageOptions"],
  "storage-oss": ["OssStorageOptions", "AssumeRoleOptions"],
  "storage-s3": ["S3StorageOptions", "AssumeRoleOptions"],
  reader: ["MeteringReaderOptions", "MetaReaderOptions"],
  writer: ["MeteringWriterOptions"],
};

const { config } = ts.readConfigFile(join(root, "tsconfig.base.json"), (path) => ts.sys.readFile(path));
const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, root);
const program = ts.createProgram(
  published.map(({ path }) => join(path, "src/index.ts")),
  options,
);
const checker = program.getTypeChecker();

function exportedType(path, name) {
  const file = program.getSourceFile(join(path, "src/index.ts"));
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(file)).find((found) => found.name === name);
  if (exported === undefined) throw new Error(`${name} is not exported`);
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  return checker.getDeclaredTypeOfSymbol(symbol);
}

/** First cells, without backticks, of each table whose header matches. */
function tables(text, header) {
  return text
    .split(/\n{2,}/)
    .map((block) => block.split("\n").map((line) => /^\| *(.*?) *(?<!\\)\|/.exec(line)?.[1]))
    .filter(([first]) => first !== undefined && header.test(first))
    .map(([, , ...cells]) => cells.filter((cell) => cell !== undefined).map((cell) => cell.replaceAll("`", "")));
}

function compare(described, declared) {
  const missing = declared.filter((name) => !described.includes(name));
  const unknown = described.filter((name) => !declared.includes(name));
  if (missing.length > 0) throw new Error(`not in the README: ${missing.join(", ")}`);
  if (unknown.length > 0) throw new Error(`only in the README: ${unknown.join(", ")}`);
  return `${declared.length}`;
}

for (const { folder, path } of published) {
  const names = tablesOf[folder] ?? [];
  const found = tables(readFileSync(join(path, "README.md"), "utf8"), /^(option|ability|field of)\b/);
  await check(`${folder}: ${names.length} tables of options`, () => {
    if (found.length !== names.length) throw new Error(`the README has ${found.length}`);
  });
  for (const [index, name] of names.entries()) {
    await check(`${folder}: the table of ${name} is complete`, () =>
      compare(
        found[index] ?? [],
        exportedType(path, name)
          .getProperties()
          .map((property) => property.name),
      ),
    );
  }
}

await check("core: the table of error codes is complete", () => {
  const core = published.find(({ folder }) => folder === "core").path;
  const [described = []] = tables(readFileSync(join(core, "README.md"), "utf8"), /^code$/);
  return compare(
    described,
    exportedType(core, "MeteringErrorCode").types.map((type) => type.value),
  );
});

// Anchors as GitHub makes them from headings.
const anchorsOf = (text) =>
  [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

for (const readme of [...readmes, "CONTRIBUTING.md", "SECURITY.md"]) {
  await check(`${readme}: its links lead somewhere`, () => {
    const text = readFileSync(join(root, readme), "utf8");
    const dead = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)/g)].filter(([, file, anchor]) => {
      const target = file === "" ? join(root, readme) : join(root, dirname(readme), file);
      return !existsSync(target) || (anchor !== undefined && !anchorsOf(readFileSync(target, "utf8")).includes(anchor));
    });
    if (dead.length > 0) throw new Error(dead.map(([link]) => link).join("\n"));
  });
}
conclude();
