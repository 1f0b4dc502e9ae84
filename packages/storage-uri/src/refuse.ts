import { MeteringError } from "@metering/core";

/** Refuses an address. The problem never quotes the address, because any part of it may hold a secret by mistake. */
export function refuse(problem: string): never {
  throw new MeteringError("invalid-argument", `Invalid address of a storage: ${problem}`);
}
