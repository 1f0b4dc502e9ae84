// Names and attributes come from whoever wrote the files. On a terminal, control characters in them could hide or forge output.
const control = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The text with each control character as its escape, such as `\u{1b}`. */
export function printable(text: string): string {
  return text.replace(control, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`);
}
