import { hostname } from "node:os";
import { isMeteringError, type ObjectStorage } from "@metering/core";
import { readText } from "@metering/storage-kit";
import { listFolder } from "./list-folder.ts";

/** Where runs of processes say that they are alive. */
export const runsFolder = "spool/runs/";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A run is dead if it has not said for so long that it is alive. */
const deadAfterMs = 30_000;

/** The processes that share a spool's folder. Times are those of the file system, so their clocks do not matter. */
export interface Runs {
  /** This run. It changes when another process took this one for dead. */
  readonly own: string;
  /** Says that this run is alive. Starts a new run if this one was taken for dead, and returns whether it did. */
  beat(): Promise<boolean>;
  /** Whether this run is still there. */
  isKnown(): Promise<boolean>;
  /** Whether a run is over. */
  isDead(run: string): Promise<boolean>;
  /** Takes a run for dead, so that it stops what it does if it is not. */
  end(run: string): Promise<void>;
  /** All runs that are there, dead or alive. */
  list(): Promise<readonly string[]>;
}

// The runs of this process, over all copies of this package: only a run of an earlier process can be dead and have our number.
const runsHere: Set<string> = sharedSet("@metering/spool/runs");

function sharedSet(name: string): Set<string> {
  const key = Symbol.for(name);
  const known: unknown = Reflect.get(globalThis, key);
  if (known instanceof Set) return known;
  const created = new Set<string>();
  Reflect.set(globalThis, key, created);
  return created;
}

export function createRuns(folder: ObjectStorage): Runs {
  let own: string = crypto.randomUUID();
  let hasBegun = false;
  const keyOf = (run: string): string => `${runsFolder}${run}.json`;
  const identity = { host: hostname(), pid: process.pid };

  const begin = async (): Promise<void> => {
    runsHere.add(own);
    await folder.put(keyOf(own), encoder.encode(JSON.stringify(identity)));
    hasBegun = true;
  };

  /** What a run says of itself, or `undefined` if it is gone. */
  const read = async (run: string): Promise<unknown> => {
    try {
      return JSON.parse(decoder.decode(await folder.get(keyOf(run))));
    } catch (error) {
      if (isMeteringError(error, "not-found")) return undefined;
      if (error instanceof SyntaxError) return {};
      throw error;
    }
  };

  return {
    get own() {
      return own;
    },
    async beat() {
      const wasTaken = hasBegun && (await folder.head(keyOf(own))) === undefined;
      if (wasTaken) own = crypto.randomUUID();
      await begin();
      return wasTaken;
    },
    isKnown: async () => (await folder.head(keyOf(own))) !== undefined,
    async isDead(run) {
      if (run === own) return false;
      const said = await read(run);
      if (said === undefined || isOverHere(run, said, identity)) return true;
      const [last, now] = [await folder.head(keyOf(run)), await folder.head(keyOf(own))];
      if (last === undefined || now === undefined) return last === undefined;
      return now.lastModified.getTime() - last.lastModified.getTime() > deadAfterMs;
    },
    async end(run) {
      runsHere.delete(run);
      await folder.delete(keyOf(run));
    },
    async list() {
      const runs: string[] = [];
      for await (const { key } of listFolder(folder, runsFolder, { keysOnly: true })) {
        runs.push(key.slice(runsFolder.length, -".json".length));
      }
      return runs;
    },
  };
}

/** Whether a run was a process of this machine that is over. */
function isOverHere(
  run: string,
  said: unknown,
  { host, pid }: { readonly host: string; readonly pid: number },
): boolean {
  if (typeof said !== "object" || said === null || !("host" in said) || !("pid" in said)) return false;
  if (said.host !== host || typeof said.pid !== "number") return false;
  if (said.pid === pid) return !runsHere.has(run);
  try {
    process.kill(said.pid, 0);
    return false;
  } catch (error) {
    return readText(error, "code") === "ESRCH";
  }
}
