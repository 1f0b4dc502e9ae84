export { abortable, allowManyListeners } from "./abort.ts";
export { backoffMs, parseRetryAfter, type BackoffOptions } from "./backoff.ts";
export { checkBody, readBody, type BodyLimits } from "./body.ts";
export { networkAdvice, networkMeaning, statusMeaning, toFailure, type FailedCall, type Meaning } from "./failure.ts";
export { createKeyPrefix, type KeyPrefix } from "./key-prefix.ts";
export { withFaults, type CountedCall, type Fault, type FaultyStorage } from "./layers/faults.ts";
export { createLayer, stepping, type LayerHooks, type StorageCall, type Verb } from "./layers/layer.ts";
export { withLatency } from "./layers/latency.ts";
export { withLimit } from "./layers/limit.ts";
export { withLogging } from "./layers/logging.ts";
export { withObserver } from "./layers/observer.ts";
export { withPrefix } from "./layers/prefix.ts";
export { withRetries, type RetriesOptions } from "./layers/retries.ts";
export { withTimeLimit } from "./layers/time-limit.ts";
export { decodeListedName, listPages, type ListedName, type ListingPage, type ListPagesOptions } from "./listing.ts";
export { loadDependency } from "./load-dependency.ts";
export {
  observe,
  observeItems,
  observerProblem,
  type Amounts,
  type Observation,
  type Observer,
  type Operation,
  type OperationName,
} from "./observer.ts";
export { parallelMap, type ParallelOptions, type ResultOrder } from "./parallel-map.ts";
export {
  putIfAbsent,
  type ConditionalRequests,
  type ConditionProof,
  type FoundObject,
  type Refusal,
} from "./put-if-absent.ts";
export { readField, readText, redact, RedactedCause, redactedCause, type CauseFields } from "./redacted-cause.ts";
export { RemoteStorage, type ObjectRequests, type PageStart, type Service } from "./remote-storage.ts";
export { withRetry, type Attempt, type Failure, type RetryRules } from "./retry.ts";
export { createSemaphore, type Semaphore } from "./semaphore.ts";
export { sleep } from "./sleep.ts";
export { withTimeout } from "./timeout.ts";
export {
  createTokenCache,
  type Token,
  type TokenCache,
  type TokenCacheOptions,
  type TokenSource,
} from "./token-cache.ts";
