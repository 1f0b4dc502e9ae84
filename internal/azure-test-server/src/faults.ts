import type { Verb } from "./request.ts";

/**
 * What goes wrong with a request:
 *
 * - `lost-response`: it is carried out, then the connection is cut before an answer.
 * - `cut-before-store`: the connection is cut and nothing was done.
 * - `error`: nothing is done and this error is answered, with these headers.
 * - `slow`: it is carried out and answered after `delayMs`.
 * - `cut-body`: it is carried out; half of the answer's body is sent, then the connection is cut.
 * - `corrupt-body`: it is carried out; one bit of the answer's body is wrong.
 */
export type Fault =
  | { readonly kind: "lost-response" | "cut-before-store" | "cut-body" | "corrupt-body" }
  | {
      readonly kind: "error";
      readonly status: number;
      readonly code: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: "slow"; readonly delayMs: number };

export interface Faults {
  /** Lets the next `times` requests of a verb (`any`: of every verb) go wrong. */
  add(verb: Verb | "any", fault: Fault, times?: number): void;
  take(verb: Verb): Fault | undefined;
  clear(): void;
}

export function createFaults(): Faults {
  let waiting: { verb: Verb | "any"; fault: Fault; times: number }[] = [];
  return {
    add: (verb, fault, times = 1) => void waiting.push({ verb, fault, times }),
    take(verb) {
      const entry = waiting.find((candidate) => candidate.verb === "any" || candidate.verb === verb);
      if (entry === undefined) return undefined;
      entry.times--;
      waiting = waiting.filter((candidate) => candidate.times > 0);
      return entry.fault;
    },
    clear: () => void (waiting = []),
  };
}
