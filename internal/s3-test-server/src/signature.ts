import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { S3Error } from "./s3-error.ts";
import type { S3Request } from "./s3-request.ts";

const maxClockSkewMs = 15 * 60 * 1000;

const sha256 = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");
const hmac = (key: string | Buffer, data: string): Buffer => createHmac("sha256", key).update(data).digest();

/** RFC 3986 encoding, stricter than encodeURIComponent. */
const uriEncode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

interface Authorization {
  readonly accessKeyId: string;
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** Takes apart `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`. */
export function parseAuthorization(header: string | undefined): Authorization {
  if (header === undefined) throw new S3Error(403, "AccessDenied", "Access Denied");
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(header);
  const [, accessKeyId, scope, signedHeaders, signature] = match ?? [];
  if (accessKeyId === undefined || scope === undefined || signedHeaders === undefined || signature === undefined) {
    throw new S3Error(400, "AuthorizationHeaderMalformed", "The authorization header is malformed");
  }
  return { accessKeyId, scope, signedHeaders: signedHeaders.split(";"), signature };
}

/** The canonical request of Signature Version 4, with the path encoded once as S3 does. */
function canonicalRequest(request: S3Request, signedHeaders: readonly string[], payloadHash: string): string {
  const path = request.path.split("/").map(uriEncode).join("/");
  const query = [...request.query]
    .map(([name, value]) => `${uriEncode(name)}=${uriEncode(value)}`)
    .sort()
    .join("&");
  const headers = signedHeaders.map((name) => `${name}:${(request.headers[name] ?? "").trim().replace(/ +/g, " ")}\n`);
  return [request.method, path, query, headers.join(""), signedHeaders.join(";"), payloadHash].join("\n");
}

/** The signature of a request: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html */
export function sign(request: S3Request, authorization: Omit<Authorization, "signature">, secretKey: string): string {
  const payloadHash = request.headers["x-amz-content-sha256"] ?? sha256(request.body);
  const canonical = canonicalRequest(request, authorization.signedHeaders, payloadHash);
  const [date = "", region = "", service = "", end = ""] = authorization.scope.split("/");
  const toSign = ["AWS4-HMAC-SHA256", request.headers["x-amz-date"] ?? "", authorization.scope, sha256(canonical)].join(
    "\n",
  );
  const key = hmac(hmac(hmac(hmac(`AWS4${secretKey}`, date), region), service), end);
  return hmac(key, toSign).toString("hex");
}

/** Refuses a request whose date, body hash or signature is not what its sender should have made of it. */
export function verifySignature(request: S3Request, authorization: Authorization, secretKey: string): void {
  const stamp = request.headers["x-amz-date"] ?? "";
  const sentAt = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (Number.isNaN(sentAt)) throw new S3Error(403, "AccessDenied", "AWS authentication requires a valid date");
  if (Math.abs(Date.now() - sentAt) > maxClockSkewMs) {
    throw new S3Error(
      403,
      "RequestTimeTooSkewed",
      "The difference between the request time and the current time is too large.",
      { fields: { ServerTime: new Date().toISOString() } },
    );
  }
  const payloadHash = request.headers["x-amz-content-sha256"];
  if (payloadHash !== undefined && payloadHash !== "UNSIGNED-PAYLOAD" && payloadHash !== sha256(request.body)) {
    throw new S3Error(400, "XAmzContentSHA256Mismatch", "The body does not match x-amz-content-sha256.");
  }
  const expected = Buffer.from(sign(request, authorization, secretKey), "hex");
  if (
    !authorization.signedHeaders.includes("host") ||
    !timingSafeEqual(expected, Buffer.from(authorization.signature, "hex"))
  ) {
    throw new S3Error(403, "SignatureDoesNotMatch", "The request signature does not match the one calculated.");
  }
}
