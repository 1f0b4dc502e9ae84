import { MeteringError } from "@metering/core";

/** Refuses an address. The problem never quotes the address, because any part of it may hold a secret by mistake. */
export function refuse(problem: string): never {
  throw new MeteringError("invalid-argument", `Invalid address of a storage: ${problem}`);
}

const assignedSecret = /(access-key|session-token|account-key|sas-token)\s*[=:]/i;

/** Refuses a secret where a path or prefix is expected, because those are in the names of storages. */
export function refuseMisplacedSecret(text: string): void {
  if (assignedSecret.test(text))
    refuse("it contains a key or token in the wrong place. Parameters follow one ?, with & between them.");
}
