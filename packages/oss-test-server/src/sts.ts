import type { Identities } from "./identities.ts";
import { OssError } from "./oss-error.ts";
import type { OssRequest } from "./request.ts";
import { signRpc, stringToSignRpc } from "./signature-rpc.ts";

/** Roles that may be assumed, with the external id each asks for. */
export interface Role {
  readonly arn: string;
  readonly externalId?: string | undefined;
}

export interface StsSettings {
  readonly roles: readonly Role[];
  /** Life of every session, whatever was asked for; `undefined`: as asked. */
  readonly sessionSeconds: number | undefined;
}

/** STS `AssumeRole` (RPC, version 2015-04-01): the answer's JSON, or the error that STS gives. */
export function assumeRole(request: OssRequest, identities: Identities, settings: StsSettings, now: Date): unknown {
  const form = request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;
  const body = new URLSearchParams(form ? request.body.toString() : "");
  const parameters = new Map([...request.query, ...body]);
  const parameter = (name: string): string => {
    const value = parameters.get(name);
    if (!value) throw new OssError(400, `Missing${name}`, `${name} is mandatory for this action.`);
    return value;
  };
  if (parameter("Action") !== "AssumeRole" || parameter("Version") !== "2015-04-01") {
    throw new OssError(404, "InvalidAction.NotFound", "Specified api is not found, please check your url and method.");
  }
  const identity = identities.find(parameter("AccessKeyId"));
  if (identity === undefined) {
    throw new OssError(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.");
  }
  if (parameters.get("SecurityToken") !== identity.securityToken) {
    throw new OssError(400, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed.");
  }
  if (identity.expiration !== undefined && identity.expiration <= now) {
    throw new OssError(400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.");
  }
  const sent = Date.parse(parameter("Timestamp"));
  if (!(Math.abs(sent - now.getTime()) <= 15 * 60 * 1000)) {
    throw new OssError(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.");
  }
  if (parameter("SignatureMethod") !== "HMAC-SHA1" || parameter("SignatureVersion") !== "1.0") {
    throw new OssError(400, "InvalidSignatureMethod", "Specified signature method is not supported.");
  }
  parameter("SignatureNonce");
  const stringToSign = stringToSignRpc(request.method, parameters);
  if (parameter("Signature") !== signRpc(identity.accessKeySecret, stringToSign)) {
    const message = `Specified signature is not matched with our calculation. server string to sign is:${stringToSign}`;
    throw new OssError(400, "SignatureDoesNotMatch", message);
  }
  const sessionName = parameter("RoleSessionName");
  if (!/^[\w.@-]{2,64}$/.test(sessionName)) {
    throw new OssError(400, "InvalidParameter.RoleSessionName", "The parameter RoleSessionName is wrongly formed.");
  }
  const arn = parameter("RoleArn");
  const role = settings.roles.find((known) => known.arn === arn);
  if (role === undefined) throw new OssError(404, "EntityNotExist.Role", `The role not exists: ${arn}.`);
  if (role.externalId !== parameters.get("ExternalId")) {
    throw new OssError(
      403,
      "NoPermission",
      "You are not authorized to do this action. You should be authorized by RAM.",
    );
  }
  const duration = Number(parameters.get("DurationSeconds") ?? 3600);
  if (!Number.isInteger(duration) || duration < 900 || duration > 43_200) {
    throw new OssError(400, "InvalidParameter.DurationSeconds", "The Min/Max value of DurationSeconds is 15min/12hrs.");
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
