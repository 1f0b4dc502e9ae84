import type { Operation } from "./operations.ts";

/**
 * What goes wrong with a request.
 *
 * - `cut-before`: the connection is cut, nothing is done.
 * - `lose-answer`: the request is carried out, then the connection is cut.
 * - `error`: an error answer, nothing is done.
 * - `delay`: carried out after a while.
 * - `hang`: never answered.
 * - `cut-body`: the answer's headers are right, its body ends early.
 * - `damage-body`: one byte of the answer's body is changed.
 */
export type Fault =
  | { readonly kind: "cut-before" | "lose-answer" | "hang" | "damage-body" }
  | { readonly kind: "cut-body"; readonly afterBytes: number }
  | { readonly kind: "delay"; readonly delayMs: number }
  | {
      readonly kind: "error";
      readonly status: number;
      readonly code: string;
      readonly message?: string;
      readonly headers?: Record<string, string>;
      readonly fields?: Record<string, string>;
    };

/** Errors as S3 gives them, for {@link S3TestServer.fail}. */
export const s3Faults = {
  internalError: { kind: "error", status: 500, code: "InternalError" },
  slowDown: { kind: "error", status: 503, code: "SlowDown", headers: { "retry-after": "1" } },
  conditionalConflict: { kind: "error", status: 409, code: "ConditionalRequestConflict" },
  notImplemented: { kind: "error", status: 501, code: "NotImplemented" },
  accessDenied: { kind: "error", status: 403, code: "AccessDenied" },
  clockSkew: { kind: "error", status: 403, code: "RequestTimeTooSkewed" },
  expiredToken: { kind: "error", status: 400, code: "ExpiredToken" },
  permanentRedirect: {
    kind: "error",
    status: 301,
    code: "PermanentRedirect",
    headers: { "x-amz-bucket-region": "eu-west-1" },
    fields: { Endpoint: "bucket.s3.eu-west-1.amazonaws.com" },
  },
  wrongRegion: {
    kind: "error",
    status: 400,
    code: "AuthorizationHeaderMalformed",
    fields: { Region: "eu-west-1" },
  },
} as const satisfies Record<string, Fault>;

export interface FaultTarget {
  /** Which requests. Default: all. */
  readonly operation?: Operation;
  /** How many of them. Default: one. */
  readonly times?: number;
}

/** Faults waiting for the requests they are meant for, in the order in which they were planned. */
export interface FaultPlan {
  add(fault: Fault, target?: FaultTarget): void;
  /** The fault for a request, used up by it. */
  take(operation: Operation): Fault | undefined;
  clear(): void;
}

export function createFaultPlan(): FaultPlan {
  let planned: { fault: Fault; operation: Operation | undefined; left: number }[] = [];
  return {
    add(fault, { operation, times = 1 } = {}) {
      planned.push({ fault, operation, left: times });
    },
    take(operation) {
      const next = planned.find((one) => one.operation === undefined || one.operation === operation);
      if (next === undefined) return undefined;
      next.left -= 1;
      planned = planned.filter((one) => one.left > 0);
      return next.fault;
    },
    clear() {
      planned = [];
    },
  };
}
