import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "@metering/tooling/published";

const markdownIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".md") && !path.includes("node_modules"))
    .map((path) => `${folder}/${path.replaceAll("\\", "/")}`);

/** Every document whose programs are checked, by its path from the root. */
export const documents: readonly string[] = [
  "README.md",
  ...markdownIn("docs"),
  ...["packages", "internal", "examples"].flatMap((parent) =>
    readdirSync(join(root, parent)).map((folder) => `${parent}/${folder}/README.md`),
  ),
].filter((path) => existsSync(join(root, path)));

export const readDocument = (path: string): string => readFileSync(join(root, path), "utf8");

export interface Block {
  /** The line that the code starts on, from 1. */
  readonly line: number;
  readonly code: string;
}

/** The ```ts blocks of a text. */
export function tsBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  let open: { line: number; lines: string[] } | undefined;
  for (const [index, line] of text.split("\n").entries()) {
    if (open === undefined) {
      if (/^\s*```ts$/.test(line)) open = { line: index + 2, lines: [] };
    } else if (/^\s*```$/.test(line)) {
      blocks.push({ line: open.line, code: open.lines.join("\n") });
      open = undefined;
    } else open.lines.push(line);
  }
  return blocks;
}
