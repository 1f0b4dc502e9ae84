import { createCallStorage, partOf, type Call } from "./call-storage.ts";
import { isWriter, readRecord, scanRecords, write, type Reading, type Role } from "./cast.ts";
import type { Objects } from "./objects.ts";

/** A call with a name that is the same in every run in which its actor was told the same. */
export interface SentCall extends Call {
  readonly name: string;
}

/** Somebody with a role, in one run. */
export interface Actor {
  readonly role: Role;
  status: "waiting" | "running" | "resolved" | "rejected" | "dead";
  /** Sent, and not yet both effective and answered. */
  calls: SentCall[];
  sent: number;
  /** Everything that it was told, so that equal actors go on equally. */
  told: string;
  error: unknown;
  reading: Reading | undefined;
}

export function createActor(role: Role): Actor {
  return { role, status: "waiting", calls: [], sent: 0, told: "", error: undefined, reading: undefined };
}

/** Sends it to work on the objects. Its calls wait in `calls`. */
export function startActor(actor: Actor, objects: Objects, keysPerRequest: number | undefined): void {
  const { role } = actor;
  const receive = (call: Call): void => {
    // What a dead process does is of no consequence.
    if (actor.status === "dead") return;
    const name = `${role.name}${++actor.sent} ${call.verb} ${partOf(call.key)}`;
    actor.calls.push(Object.assign(call, { name }));
  };
  const storage = createCallStorage(objects, receive, {
    keysPerRequest,
    mayDelete: !isWriter(role) || role.mayDelete,
  });
  actor.status = "running";
  const end = (status: "resolved" | "rejected"): void => {
    if (actor.status !== "dead") actor.status = status;
  };
  const work = isWriter(role)
    ? write(storage, role)
    : (role.reads === "record" ? readRecord : scanRecords)(storage).then((reading) => void (actor.reading = reading));
  void work.then(
    () => end("resolved"),
    (error: unknown) => {
      actor.error = error;
      end("rejected");
    },
  );
}
