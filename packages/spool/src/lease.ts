import { isMeteringError, type ObjectStorage } from "@metering/core";
import { listFolder } from "./list-folder.ts";
import type { Runs } from "./runs.ts";

const leaseFolder = "spool/lease/";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The right to ship. Of all processes that share a folder, one has it at a time. */
export interface Lease {
  /** Takes the lease if nobody alive has it. Returns whether this run has it. */
  acquire(): Promise<boolean>;
  /** Gives it up, so that another process need not wait. */
  release(): Promise<void>;
}

// Each holder makes an object with the next number, and of several exactly one succeeds. A holder that was taken for dead
// sees a larger number than its own.
export function createLease(folder: ObjectStorage, runs: Runs): Lease {
  const keyOf = (number: number): string => `${leaseFolder}${String(number).padStart(12, "0")}`;

  const holder = async (): Promise<{ readonly number: number; readonly run: string } | undefined> => {
    const keys: string[] = [];
    for await (const { key } of listFolder(folder, leaseFolder, { keysOnly: true })) keys.push(key);
    const last = keys.pop();
    if (last === undefined) return undefined;
    for (const key of keys) await folder.delete(key);
    return { number: Number(last.slice(leaseFolder.length)), run: decoder.decode(await folder.get(last)) };
  };

  return {
    async acquire() {
      const now = await holder();
      if (now?.run === runs.own) return true;
      if (now !== undefined && !(await runs.isDead(now.run))) return false;
      try {
        await folder.put(keyOf((now?.number ?? 0) + 1), encoder.encode(runs.own), { ifAbsent: true });
        return true;
      } catch (error) {
        if (isMeteringError(error, "already-exists")) return false;
        throw error;
      }
    },
    async release() {
      const now = await holder();
      // An empty holder is nobody alive; removing the object would start the numbers anew.
      if (now?.run === runs.own) await folder.put(keyOf(now.number), encoder.encode("released"));
    },
  };
}
