import { randomUUID } from "node:crypto";
import { S3Error } from "./s3-error.ts";
import type { S3Request } from "./s3-request.ts";
import { parseAuthorization, verifySignature } from "./signature.ts";
import { element } from "./xml.ts";

export interface KeyPair {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

interface Session extends KeyPair {
  readonly sessionToken: string;
  readonly expiresAtMs: number;
}

export interface Role {
  readonly externalId?: string | undefined;
  /** Length of the sessions, whatever the caller asks for. Default: what the caller asks for. */
  readonly sessionSeconds?: number | undefined;
}

/** Who may send requests: one user, and whoever assumed a role. */
export interface Sessions {
  authenticate(request: S3Request): void;
  assumeRole(parameters: URLSearchParams): string;
}

export function createSessions(user: KeyPair, roles: Readonly<Record<string, Role>>): Sessions {
  const sessions = new Map<string, Session>();
  return {
    authenticate(request) {
      const authorization = parseAuthorization(request.headers.authorization);
      const token = request.headers["x-amz-security-token"];
      const session = sessions.get(authorization.accessKeyId);
      if (session === undefined && authorization.accessKeyId !== user.accessKeyId) {
        throw new S3Error(403, "InvalidAccessKeyId", "The access key ID you provided does not exist in our records.");
      }
      if (token !== session?.sessionToken) {
        throw new S3Error(400, "InvalidToken", "The provided token is malformed or otherwise invalid.");
      }
      if (session !== undefined && session.expiresAtMs <= Date.now()) {
        throw new S3Error(400, "ExpiredToken", "The provided token has expired.");
      }
      verifySignature(request, authorization, session?.secretAccessKey ?? user.secretAccessKey);
    },
    assumeRole(parameters) {
      const role = roles[parameters.get("RoleArn") ?? ""];
      if (role === undefined || (role.externalId ?? null) !== parameters.get("ExternalId")) {
        throw new S3Error(403, "AccessDenied", "Not authorized to perform: sts:AssumeRole");
      }
      if (!/^[\w+=,.@-]{2,64}$/.test(parameters.get("RoleSessionName") ?? "")) {
        throw new S3Error(400, "ValidationError", "Value at 'roleSessionName' failed to satisfy constraint");
      }
      const seconds = role.sessionSeconds ?? Number(parameters.get("DurationSeconds") ?? 3600);
      const session: Session = {
        accessKeyId: `ASIA${randomUUID().replaceAll("-", "").slice(0, 16).toUpperCase()}`,
        secretAccessKey: randomUUID(),
        sessionToken: randomUUID(),
        expiresAtMs: Date.now() + seconds * 1000,
      };
      sessions.set(session.accessKeyId, session);
      return element(
        "AssumeRoleResponse",
        {
          AssumeRoleResult: {
            Credentials: {
              AccessKeyId: session.accessKeyId,
              SecretAccessKey: session.secretAccessKey,
              SessionToken: session.sessionToken,
              // STS gives whole seconds; rounding up would let a client use the session too long.
              Expiration: new Date(session.expiresAtMs).toISOString(),
            },
          },
          ResponseMetadata: { RequestId: randomUUID() },
        },
        "https://sts.amazonaws.com/doc/2011-06-15/",
      );
    },
  };
}
