import { createHmac } from "node:crypto";
import { encodeRfc3986 } from "./signed-request.ts";

/** String to sign of the RPC signature (version 1.0) that STS takes: every parameter but `Signature`, sorted. */
export function stringToSignRpc(method: string, parameters: ReadonlyMap<string, string>): string {
  const query = [...parameters]
    .filter(([name]) => name !== "Signature")
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encodeRfc3986(name)}=${encodeRfc3986(value)}`)
    .join("&");
  return `${method}&${encodeRfc3986("/")}&${encodeRfc3986(query)}`;
}

export function signRpc(accessKeySecret: string, stringToSign: string): string {
  return createHmac("sha1", `${accessKeySecret}&`).update(stringToSign).digest("base64");
}
