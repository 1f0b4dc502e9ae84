import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { goTrees } from "@metering/go-sdk-fixtures";

/** A folder with all trees of the Go SDK merged, below a prefix if one is given. */
export function createGoFolder(prefix = ""): { readonly basePath: string; remove(): void } {
  const basePath = mkdtempSync(join(tmpdir(), "metering-reader-"));
  for (const { root } of goTrees) {
    mkdirSync(join(basePath, prefix), { recursive: true });
    cpSync(join(root, "metering"), join(basePath, prefix, "metering"), { recursive: true });
  }
  return { basePath, remove: () => rmSync(basePath, { recursive: true }) };
}
