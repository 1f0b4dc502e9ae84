// Holds what each package exports in its api.md, so that no change of it slips through: fails where the built types say
// something else, and writes the files anew with --update. Comments are left out: to reword one is no change.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import prettier from "prettier";
import ts from "typescript";
import { check, conclude } from "./checks.mjs";
import { published, root } from "./published.mjs";

const update = process.argv.includes("--update");
const printer = ts.createPrinter({ removeComments: true });

/** Declarations of a built .d.ts, after those of the files beside it that it takes some from. */
function declarations(path, seen = new Set()) {
  if (seen.has(path)) return [];
  seen.add(path);
  const file = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest);
  const shared = file.statements
    .map((statement) => statement.moduleSpecifier?.text)
    .filter((specifier) => specifier?.startsWith("./"))
    .flatMap((specifier) => declarations(join(dirname(path), specifier.replace(/\.js$/, ".d.ts")), seen));
  // The name of a shared file has a hash of its content in it.
  const own = printer.printFile(file).replaceAll(/(["']\.\/[\w-]+)-[\w-]{8}\.js/g, "$1.js");
  return [...shared, own];
}

async function report({ name, path, entries, peerDependencies, engines }) {
  const sections = entries.map((entry) => {
    const code = declarations(join(path, entry.types)).join("\n");
    return `## \`${entry.name}\`\n\n\`\`\`ts\n${code}\`\`\`\n`;
  });
  const needs = Object.entries({ ...engines, ...peerDependencies }).map(([what, range]) => `${what} ${range}`);
  const text = [
    `# What ${name} exports\n`,
    "Made by `npm run api -- --update`; a change here is one for users.\n",
    `Needs ${needs.join(", ")}.\n`,
    ...sections,
  ].join("\n");
  const file = join(path, "api.md");
  return prettier.format(text, { ...(await prettier.resolveConfig(file)), filepath: file });
}

for (const manifest of published) {
  const file = join(manifest.path, "api.md");
  await check(`${manifest.name} exports what ${relative(root, file)} says`, async () => {
    const current = await report(manifest);
    const held = existsSync(file) ? readFileSync(file, "utf8") : "";
    if (current === held) return "unchanged";
    if (!update) throw new Error(`${difference(held, current)}\nIf it is meant: npm run api -- --update`);
    writeFileSync(file, current);
    return "updated";
  });
}
conclude();

/** Lines that only one of the two has. */
function difference(before, after) {
  const [old, now] = [before.split("\n"), after.split("\n")];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+ ${line}`),
  ].join("\n");
}
