import { isMeteringError, MeteringError, silentLogger, type Logger } from "@metering/core";
import { abortable } from "./abort.ts";
import { withTimeout } from "./timeout.ts";

/** Credentials that may expire. */
export interface Token {
  /** When they expire. Without it they are kept until the store refuses them. */
  readonly expiration?: Date | undefined;
}

/** Keeps credentials for as long as they are good. */
export interface TokenCache<Credentials extends Token> {
  /** Credentials that have not expired. Rejects with what asking for them rejected with, or the signal's reason. */
  readonly get: (signal?: AbortSignal) => Promise<Credentials>;
  /** The store refused these: the next `get` asks for others. */
  readonly drop: (credentials: Credentials) => void;
}

/** Options of {@link createTokenCache}. */
export interface TokenCacheOptions {
  /** Time limit for asking, in milliseconds. */
  readonly timeoutMs: number;
  /** Is told when credentials could not be refreshed. Default: silent. */
  readonly logger?: Logger | undefined;
}

/** Gives credentials. `fresh`: the store refused the last ones, so those of another cache must not be given again. */
export type TokenSource<Credentials> = (fresh: boolean) => Credentials | Promise<Credentials>;

const longestLeadMs = 15 * 60 * 1000;
const firstPauseMs = 1000;
const longestPauseMs = 60 * 1000;

/**
 * Caches credentials and refreshes them in time.
 *
 * - Expired credentials are never given out.
 * - They are refreshed 15 minutes before they expire, or in the last quarter of a life shorter than an hour. Until the
 *   new ones are there, the old ones are given out, so that nobody waits.
 * - One request at a time, however many callers wait; it has a time limit.
 * - A refresh that fails while the old ones are good is logged and repeated with growing pauses, from 1 s to 60 s.
 * - There is no timer: it refreshes when it is asked, and keeps no process alive.
 */
export function createTokenCache<Credentials extends Token>(
  source: TokenSource<Credentials>,
  { timeoutMs, logger = silentLogger }: TokenCacheOptions,
): TokenCache<Credentials> {
  let current: { readonly credentials: Credentials; readonly expiresAt: number; refreshAt: number } | undefined;
  let pending: Promise<Credentials> | undefined;
  let failures = 0;
  let refused = false;

  async function ask(): Promise<Credentials> {
    const credentials = await withTimeout(timeoutMs, undefined, async () => source(refused));
    const now = Date.now();
    const expiresAt = credentials.expiration?.getTime() ?? Infinity;
    if (!(expiresAt > now)) {
      throw new MeteringError(
        "unauthenticated",
        `The credentials expired at ${new Date(expiresAt).toISOString()}, before they were used. Renew them at their source, or set this machine's clock.`,
      );
    }
    current = { credentials, expiresAt, refreshAt: expiresAt - Math.min(longestLeadMs, (expiresAt - now) / 4) };
    failures = 0;
    refused = false;
    return credentials;
  }

  function refresh(): Promise<Credentials> {
    pending ??= ask().finally(() => (pending = undefined));
    return pending;
  }

  function refreshInBackground(still: { readonly expiresAt: number; refreshAt: number }): void {
    refresh().catch((error: unknown) => {
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** failures++) * (0.5 + Math.random() / 2);
      still.refreshAt = Date.now() + pauseMs;
      // What a function of the caller's throws may quote secrets, so only our own messages are logged.
      const reason = isMeteringError(error) ? `${error.code}: ${error.message}` : "asking for them failed";
      logger.warn(
        `Credentials could not be refreshed (${reason}). The current ones are valid until ${new Date(still.expiresAt).toISOString()}; next attempt in ${Math.ceil(pauseMs / 1000)} s.`,
      );
    });
  }

  return {
    async get(signal) {
      signal?.throwIfAborted();
      const now = Date.now();
      if (current === undefined || now >= current.expiresAt) return abortable(refresh(), signal);
      if (now >= current.refreshAt && pending === undefined) refreshInBackground(current);
      return current.credentials;
    },
    drop(credentials) {
      if (current?.credentials !== credentials) return;
      current = undefined;
      refused = true;
    },
  };
}
