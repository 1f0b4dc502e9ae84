// Every README of the repository, by its path from the root.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./published.mjs";

export const readmes = [
  "README.md",
  "docs/structure.md",
  ...["packages", "internal", "examples"].flatMap((parent) =>
    readdirSync(join(root, parent)).map((folder) => `${parent}/${folder}/README.md`),
  ),
].filter((path) => existsSync(join(root, path)));
