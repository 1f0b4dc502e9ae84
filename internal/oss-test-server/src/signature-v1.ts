import { createHmac } from "node:crypto";
import type { SignedRequest } from "./signed-request.ts";

// The sub-resources and response overrides that take part in a V1 signature, as far as this server knows them.
const signedParameters = new Set(["acl", "continuation-token", "objectMeta", "security-token", "versionId"]);

/** `VERB\nContent-MD5\nContent-Type\nDate\nCanonicalizedOSSHeaders` + `CanonicalizedResource` of signature V1. */
export function stringToSignV1(request: SignedRequest): string {
  const { headers } = request;
  const ossHeaders = Object.entries(headers)
    .filter(([name]) => name.startsWith("x-oss-"))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value.trim()}\n`);
  const parameters = [...request.query]
    .filter(([name]) => signedParameters.has(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (value === "" ? name : `${name}=${value}`));
  const bucket = request.bucket === "" ? "/" : `/${request.bucket}/`;
  return [
    request.method,
    headers["content-md5"] ?? "",
    headers["content-type"] ?? "",
    // x-oss-date takes the place of Date where both are sent.
    headers["x-oss-date"] ?? headers["date"] ?? "",
    `${ossHeaders.join("")}${bucket}${request.key}${parameters.length === 0 ? "" : `?${parameters.join("&")}`}`,
  ].join("\n");
}

export function signV1(accessKeySecret: string, stringToSign: string): string {
  return createHmac("sha1", accessKeySecret).update(stringToSign).digest("base64");
}
