/** A piece of HTML. Text becomes one only by being escaped. */
export interface Html {
  readonly html: string;
}

/** What may stand in a template: text, which is escaped, HTML, or a list of HTML. */
export type Part = string | number | bigint | Html | readonly Html[];

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** HTML by a template, such as html`<td>${name}</td>`. Names come from whoever wrote the files, so all text is escaped. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: strings.reduce((text, string, index) => text + toText(parts[index - 1]) + string) };
}

function toText(part: Part | undefined): string {
  if (part === undefined) return "";
  if (typeof part !== "object") return String(part).replace(/[&<>"']/gu, (character) => escapes[character] ?? "");
  return "html" in part ? part.html : part.map(({ html: text }) => text).join("");
}
