/** An answer in OSS's XML error form. */
export class OssError extends Error {
  readonly status: number;
  readonly code: string;
  /** Further elements of the answer, such as the string that the server signed. */
  readonly details: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, details: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = "OssError";
    this.status = status;
    this.code = code;
    this.details = details;
  }

  toXml(requestId: string, hostId: string): string {
    const elements = { Code: this.code, Message: this.message, RequestId: requestId, HostId: hostId, ...this.details };
    return xmlDocument("Error", elements);
  }
}

type XmlContent = string | number | boolean | undefined | XmlElements | readonly XmlElements[];
export interface XmlElements {
  readonly [name: string]: XmlContent;
}

export function xmlDocument(root: string, content: XmlElements): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${xmlElement(root, content)}`;
}

function xmlElement(name: string, content: XmlContent): string {
  if (content === undefined) return "";
  if (Array.isArray(content)) return content.map((item: XmlElements) => xmlElement(name, item)).join("");
  const inner =
    typeof content === "object"
      ? Object.entries(content)
          .map(([child, value]) => xmlElement(child, value))
          .join("")
      : escapeXml(String(content));
  return `<${name}>${inner}</${name}>`;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
