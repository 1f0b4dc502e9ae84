import { MeteringError } from "@metering/core";
import type { BucketObject } from "../../bucket/bucket-object.ts";
import type { Messages } from "../../output/messages.ts";
import { counted } from "../../output/numbers.ts";

/** What a listing came across beside records. */
export interface Others {
  readonly metadata: { readonly clusters: number; readonly versions: number; readonly bytes: number };
  readonly closed: { readonly days: number; readonly closings: number; readonly bytes: number };
  /** Objects that these packages do not store. */
  readonly unknown: { readonly objects: number; readonly bytes: number };
}

/** More are counted and not named: a folder of a million foreign files should not hide everything else. */
const namedAtMost = 20;

/** Counts what is no page. Names of clusters and days are kept, and nothing else. */
export function createOthers(messages: Messages, storage: string) {
  const clusters = new Set<string>();
  const days = new Set<string>();
  const metadata = { versions: 0, bytes: 0 };
  const closed = { closings: 0, bytes: 0 };
  const unknown = { objects: 0, bytes: 0 };
  return {
    add(object: BucketObject): void {
      switch (object.kind) {
        case "metadata":
          clusters.add(object.clusterId);
          metadata.versions++;
          metadata.bytes += object.bytes;
          return;
        case "closed":
          closed.bytes += object.bytes;
          if (object.file !== "manifest") return;
          days.add(object.day);
          closed.closings++;
          return;
        case "unknown":
          unknown.objects++;
          unknown.bytes += object.bytes ?? 0;
          if (unknown.objects <= namedAtMost) messages.finding(unknownObject(object.key, storage));
          return;
        case "page":
      }
    },
    /** Says how many were not named. */
    end(): Others {
      const unnamed = unknown.objects - namedAtMost;
      if (unnamed > 0) messages.warn(`${counted(unnamed, "more object")} like these. --show files names all.`);
      return {
        metadata: { clusters: clusters.size, ...metadata },
        closed: { days: days.size, ...closed },
        unknown,
      };
    },
  };
}

function unknownObject(key: string, storage: string): MeteringError {
  return new MeteringError(
    "unknown-key",
    `${JSON.stringify(key)} in ${storage} is no page, metadata or closed file, so that nothing counts it. Find out who stored it.`,
    { key, storage },
  );
}
