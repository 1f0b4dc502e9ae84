import { join } from "node:path";
import { libraries } from "@metering/tooling/published";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { readDocument } from "../src/documents.ts";
import { compilerOptions } from "../src/typescript.ts";

/** The interfaces that the tables of options in a package's README describe, in the order of the tables. */
const tablesOf: Readonly<Record<string, readonly string[]>> = {
  "storage-kit": ["Fault"],
  "storage-contract": ["ContractOptions", "Abilities"],
  "storage-localfs": ["LocalFsStorageOptions"],
  "storage-azure": ["AzureStorageOptions"],
  "storage-memory": ["MemoryStorageOptions"],
  "storage-oss": ["OssStorageOptions", "AssumeRoleOptions"],
  "storage-uri": ["OpenStorageOptions"],
  "storage-s3": ["S3StorageOptions", "AssumeRoleOptions"],
  closing: ["CompletenessOptions", "CloseOptions", "LateOptions", "ReadingOptions"],
  otel: ["ObserverOptions", "GaugeOptions"],
  recorder: ["RecorderOptions"],
  spool: ["SpoolOptions"],
  reader: ["MeteringReaderOptions", "ScanOptions", "MetaReaderOptions"],
  writer: ["MeteringWriterOptions"],
};

const indexOf = (folder: string): string => {
  const found = libraries.find((one) => one.folder === folder);
  if (found === undefined) throw new Error(`${folder} is not published`);
  return join(found.path, "src/index.ts");
};
const program = ts.createProgram(
  libraries.map(({ folder }) => indexOf(folder)),
  compilerOptions(),
);
const checker = program.getTypeChecker();

function exportedType(folder: string, name: string): ts.Type {
  const file = program.getSourceFile(indexOf(folder));
  const module = file && checker.getSymbolAtLocation(file);
  const exported = module && checker.getExportsOfModule(module).find((found) => found.name === name);
  if (exported === undefined) throw new Error(`${folder} does not export ${name}`);
  const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0;
  return checker.getDeclaredTypeOfSymbol(isAlias ? checker.getAliasedSymbol(exported) : exported);
}

/** First cells, without backticks, of each table whose header matches. */
function tables(text: string, header: RegExp): string[][] {
  return text
    .split(/\n{2,}/)
    .map((block) => block.split("\n").map((line) => /^\| *(.*?) *(?<!\\)\|/.exec(line)?.[1]))
    .filter(([first]) => first !== undefined && header.test(first))
    .map(([, , ...cells]) => cells.filter((cell) => cell !== undefined).map((cell) => cell.replaceAll("`", "")));
}

describe.each(libraries.map(({ folder }) => folder))("the README of %s", (folder) => {
  const names = tablesOf[folder] ?? [];
  const found = tables(readDocument(`packages/${folder}/README.md`), /^(option|ability|field of)\b/);

  test("has a table for each options interface", () => {
    expect(found).toHaveLength(names.length);
  });

  test.each(names.map((name, index) => [name, index] as const))("lists every property of %s", (name, index) => {
    const declared = exportedType(folder, name).getProperties();
    expect(found[index]?.toSorted()).toEqual(declared.map((property) => property.name).toSorted());
  });
});

test("the README of core lists every error code", () => {
  const type = exportedType("core", "MeteringErrorCode");
  const codes = type.isUnion() ? type.types.map((one) => checker.typeToString(one).replaceAll('"', "")) : [];
  const [described] = tables(readDocument("packages/core/README.md"), /^code$/);
  expect(described?.toSorted()).toEqual(codes.toSorted());
});
