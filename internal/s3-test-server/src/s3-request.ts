import type { IncomingMessage } from "node:http";

/** A request, decoded, with its whole body. */
export interface S3Request {
  readonly method: string;
  /** Decoded, with its leading "/". */
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** First path segment; `""` for the service itself. */
  readonly bucket: string;
  /** Object name: everything after the bucket; `""` for the bucket itself. */
  readonly name: string;
}

const decode = (text: string): string => decodeURIComponent(text.replaceAll("+", " "));

export async function readRequest(message: IncomingMessage): Promise<S3Request> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of message) chunks.push(chunk);
  const [rawPath = "/", rawQuery = ""] = (message.url ?? "/").split(/\?(.*)/s);
  const path = decodeURIComponent(rawPath);
  const query = new Map(
    rawQuery
      .split("&")
      .filter((pair) => pair !== "")
      .map((pair): [string, string] => {
        const [name = "", value = ""] = pair.split(/=(.*)/s);
        return [decode(name), decode(value)];
      }),
  );
  const headers = Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(",") : (value ?? ""),
    ]),
  );
  const [bucket = "", name = ""] = path.slice(1).split(/\/(.*)/s);
  return { method: message.method ?? "", path, query, headers, body: Buffer.concat(chunks), bucket, name };
}
