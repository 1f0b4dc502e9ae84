import type { Logger } from "@metering/core";
import type { S3Credentials, S3CredentialsProvider } from "./options.ts";

const longestLeadMs = 15 * 60 * 1000;
const longestPauseMs = 30 * 1000;

interface Session {
  readonly credentials: S3Credentials;
  readonly expiresAtMs: number;
  /** From here on a new session is fetched, while this one still serves. */
  readonly refreshAtMs: number;
}

/**
 * Keeps the credentials that `fetch` gives, and fetches new ones before they expire: 15 minutes before, or in the last
 * quarter of a shorter life. One fetch at a time. While the old ones are valid nobody waits for the new ones, nor
 * notices that a fetch failed; expired ones are never given out. Without timers: it fetches when it is asked.
 */
export function keepFresh(fetch: S3CredentialsProvider, logger: Logger): S3CredentialsProvider {
  let session: Session | undefined;
  let fetching: Promise<Session> | undefined;
  let pausedUntilMs = 0;

  async function start(): Promise<Session> {
    const credentials = await fetch();
    const now = Date.now();
    const expiresAtMs = credentials.expiration?.getTime() ?? Infinity;
    const leadMs = Math.min(longestLeadMs, (expiresAtMs - now) / 4);
    session = { credentials, expiresAtMs, refreshAtMs: expiresAtMs - leadMs };
    return session;
  }
  const refresh = (): Promise<Session> =>
    (fetching ??= start().finally(() => {
      fetching = undefined;
    }));

  return async () => {
    const now = Date.now();
    const current = session;
    if (current === undefined || now >= current.expiresAtMs) return (await refresh()).credentials;
    if (now >= current.refreshAtMs && now >= pausedUntilMs && fetching === undefined) {
      refresh().catch((error: unknown) => {
        pausedUntilMs = Date.now() + Math.min(longestPauseMs, (current.expiresAtMs - Date.now()) / 4);
        logger.warn(
          `Could not renew the session, the old one is used on. ${error instanceof Error ? error.message : ""}`,
        );
      });
    }
    return current.credentials;
  };
}
