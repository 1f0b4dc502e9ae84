import { refuse } from "./refuse.ts";

/** An address in its parts, decoded. */
export interface AddressParts {
  /** In lower case. */
  readonly scheme: string;
  readonly host: string;
  /** With its leading slash, or empty. */
  readonly path: string;
  /** Without those that are empty, which count as absent. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

const grammar = /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?(#.*)?$/isu;

/** Splits `scheme://host/path?name=value&…`. */
export function splitAddress(address: string): AddressParts {
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(address)) {
    refuse("it contains a control character, such as a line break at its end.");
  }
  const [, scheme = "", host = "", path = "", query = "", fragment] = grammar.exec(address) ?? [];
  if (scheme === "") {
    refuse(
      'it must be like "s3://bucket/prefix", "oss://…", "azure://…" or "file:///folder", or the path of a folder that begins with "/" or "./".',
    );
  }
  if (fragment !== undefined) refuse("it contains a #, which ends an address. Write %23 in a prefix or folder.");
  if (host.includes("@")) {
    refuse("it contains a user or password in front of an @. Leave them out: credentials come from the environment.");
  }
  if (!/^[\w.~-]*$/.test(host)) {
    refuse("what follows :// must be letters, digits, dots and hyphens, up to the next slash.");
  }
  return { scheme: scheme.toLowerCase(), host, path: decode(path, "path"), parameters: splitQuery(query) };
}

function splitQuery(query: string): (readonly [string, string])[] {
  return query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      if (pair.includes(";")) refuse("it contains a semicolon between parameters. Write & there, or %3B in a value.");
      const at = pair.indexOf("=");
      const [name, value] = at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
      return [decodeParameter(name), decodeParameter(value)] as const;
    })
    .filter(([, value]) => value !== "");
}

/** In parameters, + stands for a space. */
const decodeParameter = (text: string): string => decode(text.replaceAll("+", " "), "parameters");

function decode(text: string, where: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return refuse(`its ${where} contain a % that begins no character in UTF-8. Write %25 for a % itself.`);
  }
}
