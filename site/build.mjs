// Builds the website into dist: copies of the repository's documents (VitePress finds its modules only from pages below its
// own folder), and the API reference that typedoc made.
import { cpSync, readdirSync, rmSync } from "node:fs";
import { basename } from "node:path";
import { build } from "vitepress";

const leftOut = ["node_modules", "dist", "site", "api", "CHANGELOG.md"];
const here = new URL("./", import.meta.url);
const root = new URL("../", here);
const pages = new URL("pages/", here);

rmSync(pages, { recursive: true, force: true });
const documents = readdirSync(root).filter((name) => !name.startsWith(".") && !leftOut.includes(name));
for (const name of documents) {
  cpSync(new URL(name, root), new URL(name, pages), {
    recursive: true,
    filter: (path) => {
      const file = basename(path);
      if (file.startsWith(".") || leftOut.includes(file) || file.endsWith(".api.md")) return false;
      return !file.includes(".") || file.endsWith(".md");
    },
  });
}
await build();
cpSync(new URL("api/", root), new URL("dist/api/", here), { recursive: true });
