import { isMeteringError, type Logger, MeteringError, silentLogger } from "@metering/core";
import { abortable } from "@metering/storage-kit";
import { checkCredentials, type OssCredentialsProvider, type OssCredentials } from "./credentials.ts";

/** Options of {@link createCredentialCache}. */
export interface CredentialCacheOptions {
  /** Told of refreshes that failed while older credentials were still good. Default: nobody. */
  readonly logger?: Logger | undefined;
}

/** Gives credentials that have not expired. */
export type CredentialCache = (options?: { readonly signal?: AbortSignal | undefined }) => Promise<OssCredentials>;

const longestMarginMs = 15 * 60 * 1000;
const firstRetryMs = 1000;
const longestRetryMs = 60 * 1000;

/**
 * Keeps the credentials of a provider for as long as they are good, and asks for the next ones in time.
 *
 * - Expired credentials are never given out.
 * - New ones are asked for 15 minutes before the end, or for the last quarter of a life shorter than an hour. Until
 *   they are there, the old ones are given out, so nobody waits.
 * - One request at a time, however many callers wait.
 * - A refresh that fails while the old ones are good is logged and tried again with growing pauses, from one second to
 *   one minute. With nothing good left, each call asks again and rejects with what the provider threw.
 * - It has no timer: it refreshes when it is called, and keeps no process alive.
 *
 * @example
 * ```ts
 * const credentials = createCredentialCache(async () => myKeys());
 * const { accessKeyId } = await credentials();
 * ```
 */
export function createCredentialCache(
  provider: OssCredentialsProvider,
  { logger = silentLogger }: CredentialCacheOptions = {},
): CredentialCache {
  let current: { credentials: OssCredentials; refreshAt: number; expiresAt: number } | undefined;
  let pending: Promise<OssCredentials> | undefined;
  let failures = 0;

  async function ask(): Promise<OssCredentials> {
    const credentials = checkCredentials(await provider());
    const expiresAt = credentials.expiration?.getTime();
    if (expiresAt !== undefined) {
      const life = expiresAt - Date.now();
      if (!(life > 0)) {
        throw new MeteringError(
          "unauthenticated",
          `The credentials function gave credentials that expired at ${new Date(expiresAt).toISOString()}. ` +
            "Renew what it reads, or set this machine's clock.",
        );
      }
      current = { credentials, expiresAt, refreshAt: expiresAt - Math.min(longestMarginMs, life / 4) };
    }
    failures = 0;
    return credentials;
  }

  function refresh(): Promise<OssCredentials> {
    pending ??= ask().finally(() => (pending = undefined));
    return pending;
  }

  function refreshInBackground(still: { refreshAt: number; expiresAt: number }): void {
    refresh().catch((error: unknown) => {
      const pauseMs = Math.min(longestRetryMs, firstRetryMs * 2 ** failures++) * (0.5 + Math.random() / 2);
      still.refreshAt = Date.now() + pauseMs;
      // What a provider throws may quote secrets, so only our own messages are logged.
      const reason = isMeteringError(error) ? `${error.code}: ${error.message}` : "the credentials function threw";
      const until = new Date(still.expiresAt).toISOString();
      logger.warn(
        `Credentials could not be refreshed (${reason}); the present ones are good until ${until}, ` +
          `next try in ${Math.ceil(pauseMs / 1000)} s.`,
      );
    });
  }

  return async ({ signal } = {}) => {
    signal?.throwIfAborted();
    const now = Date.now();
    if (current === undefined || now >= current.expiresAt) return abortable(refresh(), signal);
    if (now >= current.refreshAt && pending === undefined) refreshInBackground(current);
    return current.credentials;
  };
}
