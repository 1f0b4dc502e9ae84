import { join } from "node:path";
import { root } from "@metering/tooling/published";
import ts from "typescript";

/** The compiler options that the repository's sources are checked with. */
export function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, "tsconfig.base.json"), (path) => ts.sys.readFile(path));
  return ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, root).options;
}
