import type { Identities } from "./identities.ts";
import { OssError } from "./oss-error.ts";
import type { OssRequest } from "./request.ts";
import { signRpc, stringToSignRpc } from "./signature-rpc.ts";

/** A role that may be assumed, with the external id it asks for. */
export interface Role {
  readonly arn: string;
  readonly externalId?: string | undefined;
}

export interface StsSettings {
  readonly roles: readonly Role[];
  /** The one token of a pod that is taken. */
  readonly oidcToken: string;
  /** Life of every session, whatever was asked for; `undefined`: as asked. */
  readonly sessionSeconds: number | undefined;
}

class Parameters extends Map<string, string> {
  /** A parameter that has to be there. */
  required(name: string): string {
    const value = this.get(name);
    if (!value) throw new OssError(400, `Missing${name}`, `${name} is mandatory for this action.`);
    return value;
  }
}

/** `AssumeRole` and `AssumeRoleWithOIDC` of STS (RPC, version 2015-04-01): what is answered as JSON. */
export function answerSts(request: OssRequest, identities: Identities, settings: StsSettings, now: Date): unknown {
  const form = request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;
  const body = new URLSearchParams(form ? request.body.toString() : "");
  const parameters = new Parameters([...request.query, ...body]);
  const action = parameters.required("Action");
  const isKnown = ["AssumeRole", "AssumeRoleWithOIDC"].includes(action);
  if (!isKnown || parameters.required("Version") !== "2015-04-01") {
    throw new OssError(404, "InvalidAction.NotFound", "Specified api is not found, please check your url and method.");
  }
  checkTimestamp(parameters, now);
  if (action === "AssumeRole") checkSignature(request.method, parameters, identities, now);
  else checkPodToken(parameters, settings.oidcToken);
  return openSession(parameters, identities, settings, now);
}

function checkTimestamp(parameters: Parameters, now: Date): void {
  const sent = Date.parse(parameters.required("Timestamp"));
  if (!(Math.abs(sent - now.getTime()) <= 15 * 60 * 1000)) {
    throw new OssError(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.");
  }
}

function checkSignature(method: string, parameters: Parameters, identities: Identities, now: Date): void {
  const identity = identities.find(parameters.required("AccessKeyId"));
  if (identity === undefined) {
    throw new OssError(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.");
  }
  if (parameters.get("SecurityToken") !== identity.securityToken) {
    throw new OssError(400, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.");
  }
  if (identity.expiration !== undefined && identity.expiration <= now) {
    throw new OssError(400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.");
  }
  if (parameters.required("SignatureMethod") !== "HMAC-SHA1" || parameters.required("SignatureVersion") !== "1.0") {
    throw new OssError(400, "InvalidSignatureMethod", "Specified signature method is not supported.");
  }
  parameters.required("SignatureNonce");
  const stringToSign = stringToSignRpc(method, parameters);
  if (parameters.required("Signature") !== signRpc(identity.accessKeySecret, stringToSign)) {
    const message = `Specified signature is not matched with our calculation. server string to sign is:${stringToSign}`;
    throw new OssError(400, "SignatureDoesNotMatch", message);
  }
}

function checkPodToken(parameters: Parameters, oidcToken: string): void {
  parameters.required("OIDCProviderArn");
  if (parameters.required("OIDCToken") !== oidcToken) {
    throw new OssError(401, "AuthenticationFail.OIDCToken.Invalid", "This JSON Web Token is invalid.");
  }
}

function openSession(parameters: Parameters, identities: Identities, settings: StsSettings, now: Date): unknown {
  const sessionName = parameters.required("RoleSessionName");
  if (!/^[\w.@-]{2,64}$/.test(sessionName)) {
    throw new OssError(400, "InvalidParameter.RoleSessionName", "The parameter RoleSessionName is wrongly formed.");
  }
  const arn = parameters.required("RoleArn");
  const role = settings.roles.find((known) => known.arn === arn);
  if (role === undefined) throw new OssError(404, "EntityNotExist.Role", `The role not exists: ${arn}.`);
  if (role.externalId !== parameters.get("ExternalId")) {
    const message = "You are not authorized to do this action. You should be authorized by RAM.";
    throw new OssError(403, "NoPermission", message);
  }
  const duration = Number(parameters.get("DurationSeconds") ?? 3600);
  if (!Number.isInteger(duration) || duration < 900 || duration > 43_200) {
    const message = "The Min/Max value of DurationSeconds is 15min/12hrs.";
    throw new OssError(400, "InvalidParameter.DurationSeconds", message);
  }
  const session = identities.openSession(settings.sessionSeconds ?? duration, now);
  return {
    Credentials: {
      AccessKeyId: session.accessKeyId,
      AccessKeySecret: session.accessKeySecret,
      SecurityToken: session.securityToken,
      Expiration: `${session.expiration.toISOString().slice(0, 19)}Z`,
    },
    AssumedRoleUser: { Arn: `${arn.replace(":role/", ":assumed-role/")}/${sessionName}`, AssumedRoleId: "3:x" },
  };
}
