/** What an element holds: text, or elements by name; an array stands for the same element several times. */
export type XmlContent = string | { readonly [name: string]: XmlContent | readonly XmlContent[] | undefined };

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = (text: string): string => text.replace(/[&<>"]/g, (character) => entities[character] ?? character);

function render(name: string, content: XmlContent, attributes = ""): string {
  if (typeof content === "string") return `<${name}${attributes}>${escape(content)}</${name}>`;
  const inner = Object.entries(content).map(([child, value]) => {
    if (value === undefined) return "";
    return isList(value) ? value.map((one) => render(child, one)).join("") : render(child, value);
  });
  return `<${name}${attributes}>${inner.join("")}</${name}>`;
}

const isList = (value: XmlContent | readonly XmlContent[]): value is readonly XmlContent[] => Array.isArray(value);

/** An XML document with one root element. */
export function element(name: string, content: XmlContent, namespace?: string): string {
  const attributes = namespace === undefined ? "" : ` xmlns="${namespace}"`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${render(name, content, attributes)}`;
}
