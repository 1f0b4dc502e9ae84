import type { Identities, Identity } from "./identities.ts";
import { OssError } from "./oss-error.ts";
import { signV1, stringToSignV1 } from "./signature-v1.ts";
import { canonicalRequestV4, parseAuthorizationV4, signingKeyV4, signV4, stringToSignV4 } from "./signature-v4.ts";
import type { SignedRequest } from "./signed-request.ts";

const maxSkewMs = 15 * 60 * 1000;

/** Who made a request, by its V1 or V4 signature; everything else is refused as OSS refuses it. */
export function authenticate(request: SignedRequest, identities: Identities, region: string, now: Date): Identity {
  const header = request.headers["authorization"];
  if (header === undefined)
    throw new OssError(403, "AccessDenied", "Anonymous access is forbidden for this operation.");
  const v4 = parseAuthorizationV4(header);
  if (v4 === "malformed") throw new OssError(400, "InvalidArgument", "Authorization header is invalid.");
  const v1 = /^OSS ([^:]+):(.+)$/.exec(header);
  const accessKeyId = v4?.accessKeyId ?? v1?.[1];
  const signature = v4?.signature ?? v1?.[2];
  if (accessKeyId === undefined || signature === undefined) {
    throw new OssError(403, "AccessDenied", "The Authorization header is of no known form.");
  }
  const identity = identities.find(accessKeyId);
  if (identity === undefined) {
    throw new OssError(403, "InvalidAccessKeyId", "The OSS Access Key Id you provided does not exist in our records.");
  }
  checkDate(request, v4 !== undefined, now);
  checkToken(request, identity, now);
  if (v4 !== undefined) {
    const timestamp = request.headers["x-oss-date"] ?? "";
    if (v4.region !== region) {
      throw new OssError(400, "InvalidArgument", `Invalid signing region in Authorization header: ${v4.region}.`);
    }
    if (request.headers["x-oss-content-sha256"] !== "UNSIGNED-PAYLOAD") {
      throw new OssError(400, "InvalidArgument", "x-oss-content-sha256 must be UNSIGNED-PAYLOAD.");
    }
    const canonical = canonicalRequestV4(request, v4.additionalHeaders);
    const stringToSign = stringToSignV4(canonical, timestamp, v4.date, v4.region);
    const expected = signV4(signingKeyV4(identity.accessKeySecret, v4.date, v4.region), stringToSign);
    compare(signature, expected, { StringToSign: stringToSign, CanonicalRequest: canonical });
  } else {
    const stringToSign = stringToSignV1(request);
    compare(signature, signV1(identity.accessKeySecret, stringToSign), { StringToSign: stringToSign });
  }
  return identity;
}

function compare(given: string, expected: string, details: Record<string, string>): void {
  if (given === expected) return;
  throw new OssError(
    403,
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    details,
  );
}

function checkDate({ headers }: SignedRequest, isV4: boolean, now: Date): void {
  const sent = headers["x-oss-date"] ?? headers["date"] ?? "";
  const iso = sent.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  const time = Date.parse(isV4 ? iso : sent);
  if (Number.isNaN(time)) throw new OssError(403, "AccessDenied", "OSS authentication requires a valid Date.");
  if (Math.abs(time - now.getTime()) > maxSkewMs) {
    throw new OssError(
      403,
      "RequestTimeTooSkewed",
      "The difference between the request time and the current time is too large.",
      { MaxAllowedSkewMilliseconds: String(maxSkewMs), ServerTime: now.toISOString() },
    );
  }
}

function checkToken({ headers }: SignedRequest, identity: Identity, now: Date): void {
  if (headers["x-oss-security-token"] !== identity.securityToken) {
    throw new OssError(403, "InvalidSecurityToken", "The security token you provided is invalid.");
  }
  if (identity.expiration !== undefined && identity.expiration <= now) {
    throw new OssError(403, "SecurityTokenExpired", "The security token you provided has expired.");
  }
}
