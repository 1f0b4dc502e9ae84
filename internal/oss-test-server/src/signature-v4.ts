import { createHash, createHmac } from "node:crypto";
import { encodeRfc3986, type SignedRequest } from "./signed-request.ts";

/** What the Authorization header of signature V4 says. */
export interface AuthorizationV4 {
  readonly accessKeyId: string;
  /** `YYYYMMDD` */
  readonly date: string;
  readonly region: string;
  readonly additionalHeaders: readonly string[];
  readonly signature: string;
}

/** `undefined` where the header is not one of V4, `"malformed"` where it tries to be. */
export function parseAuthorizationV4(header: string): AuthorizationV4 | "malformed" | undefined {
  const [algorithm, rest] = header.split(/ (.*)/s);
  if (algorithm !== "OSS4-HMAC-SHA256") return undefined;
  const fields = new Map(
    (rest ?? "").split(",").map((field) => {
      const [name = "", value = ""] = field.trim().split(/=(.*)/s);
      return [name, value];
    }),
  );
  const [accessKeyId, date, region, product, version, ...more] = (fields.get("Credential") ?? "").split("/");
  const signature = fields.get("Signature");
  if (!accessKeyId || !date || !region || product !== "oss" || version !== "aliyun_v4_request" || more.length > 0) {
    return "malformed";
  }
  if (signature === undefined || !/^[0-9a-f]{64}$/.test(signature)) return "malformed";
  const additional = fields.get("AdditionalHeaders");
  const additionalHeaders = additional === undefined ? [] : additional.split(";");
  return { accessKeyId, date, region, additionalHeaders, signature };
}

const isAlwaysSigned = (name: string): boolean =>
  name === "content-type" || name === "content-md5" || name.startsWith("x-oss-");

export function canonicalRequestV4(request: SignedRequest, additionalHeaders: readonly string[]): string {
  const path = request.bucket === "" ? `/${request.key}` : `/${request.bucket}/${request.key}`;
  const query = [...request.query]
    .map(([name, value]) => [encodeRfc3986(name), encodeRfc3986(value)] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (value === "" ? name : `${name}=${value}`));
  const headers = Object.entries(request.headers)
    .filter(([name]) => isAlwaysSigned(name) || additionalHeaders.includes(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value.trim()}\n`);
  return [
    request.method,
    encodeRfc3986(path).replaceAll("%2F", "/"),
    query.join("&"),
    headers.join(""),
    additionalHeaders.join(";"),
    request.headers["x-oss-content-sha256"] ?? "",
  ].join("\n");
}

export function stringToSignV4(canonicalRequest: string, timestamp: string, date: string, region: string): string {
  const hash = createHash("sha256").update(canonicalRequest).digest("hex");
  return ["OSS4-HMAC-SHA256", timestamp, `${date}/${region}/oss/aliyun_v4_request`, hash].join("\n");
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

export function signingKeyV4(accessKeySecret: string, date: string, region: string): Buffer {
  return hmac(hmac(hmac(hmac(`aliyun_v4${accessKeySecret}`, date), region), "oss"), "aliyun_v4_request");
}

export function signV4(signingKey: Buffer, stringToSign: string): string {
  return hmac(signingKey, stringToSign).toString("hex");
}
