// The ```ts blocks of a text, each with the line its code starts on.

/**
 * @param {string} text
 * @returns {{ line: number, code: string }[]} `line` counts from 1
 */
export function tsBlocks(text) {
  const blocks = [];
  let block;
  for (const [index, line] of text.split("\n").entries()) {
    if (block === undefined) {
      if (/^\s*```ts$/.test(line)) block = { line: index + 2, lines: [] };
    } else if (/^\s*```$/.test(line)) {
      blocks.push({ line: block.line, code: block.lines.join("\n") });
      block = undefined;
    } else block.lines.push(line);
  }
  return blocks;
}
