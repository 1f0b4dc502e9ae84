import { randomBytes } from "node:crypto";

export interface Identity {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string | undefined;
  readonly expiration?: Date | undefined;
  /** `true` where the identity may read and list but not write. */
  readonly readOnly?: boolean | undefined;
}

/** Credentials of an assumed role. */
export interface Session extends Identity {
  readonly securityToken: string;
  readonly expiration: Date;
}

/** The access keys that the server knows: lasting ones and those of sessions. */
export interface Identities {
  add(identity: Identity): void;
  find(accessKeyId: string): Identity | undefined;
  openSession(durationSeconds: number, now: Date): Session;
}

export function createIdentities(): Identities {
  const byId = new Map<string, Identity>();
  return {
    add: (identity) => void byId.set(identity.accessKeyId, identity),
    find: (accessKeyId) => byId.get(accessKeyId),
    openSession(durationSeconds, now) {
      const session = {
        accessKeyId: `STS.${randomBytes(12).toString("hex")}`,
        accessKeySecret: randomBytes(24).toString("base64url"),
        securityToken: `CAIS${randomBytes(48).toString("base64")}`,
        expiration: new Date(now.getTime() + durationSeconds * 1000),
      };
      byId.set(session.accessKeyId, session);
      return session;
    },
  };
}
