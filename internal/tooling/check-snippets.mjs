// Type-checks, from source, every ```ts block of every README and every @example of the published packages.
//
// A block of a README that imports something stands by itself; one that does not continues the block before it.
// An @example has the exports of all packages, its own first. Both have the names of snippet-names.d.ts.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { check, conclude } from "./checks.mjs";
import { published, root } from "./published.mjs";
import { readmes } from "./readmes.mjs";
import { tsBlocks } from "./snippets.mjs";

/** Snippets by the path of the file that is made of them; it exists in memory only. */
const snippets = new Map();

/** Lines of the program are lines of the file it comes from, so that an error's place is the right one. */
function addSnippet(origin, { line, code }, { before = "", after = "" } = {}) {
  const path = join(root, `${origin}.${line}.ts`);
  snippets.set(path, { origin, line, text: `${"\n".repeat(line - 2)}${before}\n${code}\n${after}\nexport {};\n` });
}

// ── READMEs ──────────────────────────────────────────────────────────────────────────────────────────────────────

for (const readme of readmes) {
  let program;
  for (const block of tsBlocks(readFileSync(join(root, readme), "utf8"))) {
    if (program === undefined || /^import /m.test(block.code)) program = block;
    else {
      const gap = block.line - program.line - program.code.split("\n").length;
      program = { line: program.line, code: program.code + "\n".repeat(gap + 1) + block.code };
      snippets.delete(join(root, `${readme}.${program.line}.ts`));
    }
    addSnippet(readme, program);
  }
}

// ── @example ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** Names that a file exports by `export { … } from`, as each index.ts does. */
function exportedNames(path) {
  const file = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest);
  return file.statements
    .filter((statement) => ts.isExportDeclaration(statement) && ts.isNamedExports(statement.exportClause))
    .flatMap((statement) => statement.exportClause.elements.map((element) => element.name.text));
}

const exportsOf = new Map(published.map(({ name, path }) => [name, exportedNames(join(path, "src/index.ts"))]));

function importsFor(packageName, code) {
  const imports = [];
  const known = new Set();
  for (const name of [packageName, ...exportsOf.keys()]) {
    for (const exported of exportsOf.get(name)) {
      if (known.has(exported) || !new RegExp(`\\b${exported}\\b`).test(code)) continue;
      known.add(exported);
      imports.push(`import { ${exported} } from "${name}";`);
    }
  }
  return imports.join(" ");
}

for (const { name, folder } of published) {
  for (const file of readdirSync(join(root, "packages", folder, "src"), { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".ts")) continue;
    const source = `packages/${folder}/src/${file}`;
    const text = readFileSync(join(root, source), "utf8");
    if (!text.includes("@example")) continue;
    const uncommented = text.replaceAll(/^ *\* ?/gm, "");
    for (const block of tsBlocks(uncommented)) {
      // In a function, so that an example may end with `return`.
      const before = `${importsFor(name, block.code)} export const example = async () => {`;
      addSnippet(source, block, { before, after: "};" });
    }
  }
}

// ── Check ────────────────────────────────────────────────────────────────────────────────────────────────────────

const { config } = ts.readConfigFile(join(root, "tsconfig.base.json"), (path) => ts.sys.readFile(path));
const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, root);
// A snippet need not say which of its imports are types.
options.verbatimModuleSyntax = false;
const disk = ts.createCompilerHost(options);
const host = {
  ...disk,
  fileExists: (path) => snippets.has(path) || disk.fileExists(path),
  readFile: (path) => snippets.get(path)?.text ?? disk.readFile(path),
  getSourceFile: (path, language, ...rest) =>
    snippets.has(path)
      ? ts.createSourceFile(path, snippets.get(path).text, language)
      : disk.getSourceFile(path, language, ...rest),
};

const names = join(root, "internal/tooling/snippet-names.d.ts");
const program = ts.createProgram([names, ...snippets.keys()], options, host);
for (const [path, { origin, line }] of snippets) {
  await check(`${origin}:${line}`, () => {
    const file = program.getSourceFile(path);
    const problems = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
      ({ start = 0, messageText }) => {
        const at = file.getLineAndCharacterOfPosition(start);
        return `  ${origin}:${at.line + 1}: ${ts.flattenDiagnosticMessageText(messageText, "\n    ")}`;
      },
    );
    if (problems.length > 0) throw new Error(problems.join("\n"));
  });
}
conclude();
