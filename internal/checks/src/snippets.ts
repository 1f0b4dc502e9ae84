import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { libraries, root } from "@metering/tooling/published";
import ts from "typescript";
import { type Block, documents, readDocument, tsBlocks } from "./documents.ts";

/** A program made of one or more blocks. Its lines are lines of the file it comes from, so that an error's place is right. */
export interface Snippet {
  /** Path of the file from the root. */
  readonly origin: string;
  readonly line: number;
  readonly text: string;
}

function snippet(origin: string, { line, code }: Block, before = "", after = ""): Snippet {
  return { origin, line, text: `${"\n".repeat(line - 2)}${before}\n${code}\n${after}\nexport {};\n` };
}

/** A block that imports something stands by itself; one that does not continues the block before it. */
export function documentSnippets(): Snippet[] {
  return documents.flatMap((path) => {
    const programs: Block[] = [];
    for (const block of tsBlocks(readDocument(path))) {
      const before = programs.at(-1);
      if (before === undefined || /^import /m.test(block.code)) programs.push(block);
      else {
        const gap = block.line - before.line - before.code.split("\n").length;
        programs[programs.length - 1] = {
          line: before.line,
          code: before.code + "\n".repeat(gap + 1) + block.code,
        };
      }
    }
    return programs.map((program) => snippet(path, program));
  });
}

/** Each `@example`, with what it uses of our packages imported. */
export function exampleSnippets(): Snippet[] {
  return libraries.flatMap(({ name, folder, path }) =>
    readdirSync(join(path, "src"), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => {
        const text = readFileSync(join(path, "src", file), "utf8");
        if (!text.includes("@example")) return [];
        // In a function, so that an example may end with `return`.
        return tsBlocks(text.replaceAll(/^ *\* ?/gm, "")).map((block) =>
          snippet(
            `packages/${folder}/src/${file}`,
            block,
            `${importsFor(name, block.code)} export const example = async () => {`,
            "};",
          ),
        );
      }),
  );
}

/** Names that an index.ts exports by `export { … } from`. */
function exportedNames(path: string): string[] {
  const file = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest);
  return file.statements.flatMap((statement) =>
    ts.isExportDeclaration(statement) &&
    statement.exportClause !== undefined &&
    ts.isNamedExports(statement.exportClause)
      ? statement.exportClause.elements.map((element) => element.name.text)
      : [],
  );
}

const exportsOf = new Map(libraries.map(({ name, path }) => [name, exportedNames(join(path, "src/index.ts"))]));

/** Imports of what the code names, from its own package first. */
function importsFor(packageName: string, code: string): string {
  const imports = new Map<string, string>();
  for (const name of [packageName, ...exportsOf.keys()]) {
    for (const exported of exportsOf.get(name) ?? []) {
      if (imports.has(exported) || !new RegExp(`\\b${exported}\\b`).test(code)) continue;
      imports.set(exported, `import { ${exported} } from "${name}";`);
    }
  }
  return [...imports.values()].join(" ");
}

/** What the compiler says of each snippet, which exist in memory only. */
export function problemsOf(snippets: readonly Snippet[], options: ts.CompilerOptions): Map<Snippet, string[]> {
  const byPath = new Map(snippets.map((one) => [join(root, `${one.origin}.${one.line}.ts`), one]));
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (path) => byPath.has(path) || disk.fileExists(path),
    readFile: (path) => byPath.get(path)?.text ?? disk.readFile(path),
    getSourceFile: (path, language, ...rest) => {
      const found = byPath.get(path);
      return found === undefined
        ? disk.getSourceFile(path, language, ...rest)
        : ts.createSourceFile(path, found.text, language);
    },
  };
  const names = join(root, "internal/checks/snippet-names.d.ts");
  const program = ts.createProgram([names, ...byPath.keys()], options, host);
  return new Map(
    [...byPath].map(([path, one]) => {
      const file = program.getSourceFile(path);
      const diagnostics = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
      return [
        one,
        diagnostics.map(({ start = 0, messageText }) => {
          const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
          return `${one.origin}:${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n    ")}`;
        }),
      ];
    }),
  );
}
