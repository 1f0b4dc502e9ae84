import { isMeteringError } from "@metering/core";
import { createDirectStorage } from "./call-storage.ts";
import { contentOf, isWriter, readRecord, scanRecords, write, type Reading, type WriterRole } from "./cast.ts";
import type { Objects } from "./objects.ts";
import type { Actor } from "./actor.ts";

/** A promise of the format that a schedule broke. */
export interface Violation {
  readonly rule: Rule;
  readonly detail: string;
}

export type Rule = keyof typeof rules;

/** What is promised, in words. */
export const rules = {
  whole: "what reads as complete is exactly one writer's whole content",
  unchanged: "without overwrite, a complete record stays as it is",
  stored: "a write that resolved reads as its content",
  "one winner": "without overwrite, writers of other contents never both resolve, and no two with `error`",
  "not stored": "what a writer reports as not stored never becomes a complete record",
  error: "a writer rejects with an error of ours",
  reader: "a reader gets a whole record or none, and never fails because of writers",
  "reader sees": "a reader gets a record that was there all the time it read",
  converges: "at the end, writing again completes the record or finds that another one is complete",
} as const;

export interface Watch {
  /** Told of each step that was taken, by whose it was. */
  readonly took: (actor: Actor) => void;
  /** Looks at what is there now. */
  readonly look: () => Promise<Violation | undefined>;
  /** Looks at the end, when everybody is over. */
  readonly end: () => Promise<Violation | undefined>;
  /** Equal where the same can be found from here on. */
  readonly state: () => string;
}

/** When a writer did what, on a clock that counts steps. */
interface Span {
  /** Its first step. */
  begun: number | undefined;
  /** Its first change of what is stored. */
  changed: number | undefined;
  /** Whether all is over: it ended, and nothing that it sent can take effect any more. */
  over: number | undefined;
}

/** Watches one run. */
export function createWatch(actors: readonly Actor[], objects: Objects): Watch {
  const writers = actors.filter(({ role }) => isWriter(role));
  const spans = new Map<Actor, Span>(
    actors.map((actor) => [actor, { begun: undefined, changed: undefined, over: undefined }]),
  );
  const seenByReader = new Map<Actor, Set<string>>();
  const ended = new Set<Actor>();
  const events: string[] = [];
  let clock = 0;
  let last: Actor | undefined;
  let before = "";
  let stateBefore = objects.state();

  const spanOf = (actor: Actor): Span => spans.get(actor) ?? { begun: 0, changed: 0, over: 0 };
  const overwriters = writers.filter(({ role }) => roleOf(role).mode === "overwrite");

  /** Whether one of these changed something, or may have, while this one was at work. */
  const met = (others: readonly Actor[], writer: Actor): boolean =>
    others.some((other) => {
      const { changed, over } = spanOf(other);
      return other !== writer && changed !== undefined && (over === undefined || over > (spanOf(writer).begun ?? 0));
    });

  // Overwriting is for one writer at a time: another may remove a page that it created itself just before.
  const mayOverwrite = (writer: Actor): boolean => overwriters.includes(writer) || met(overwriters, writer);

  const mark = (): void => {
    for (const actor of writers) {
      const span = spanOf(actor);
      const isOver = actor.status !== "waiting" && actor.status !== "running" && actor.calls.length === 0;
      if (isOver && span.over === undefined) {
        span.over = ++clock;
        events.push(`${actor.role.name} over`);
      }
    }
  };

  const look = async (): Promise<Violation | undefined> => {
    const state = objects.state();
    if (last !== undefined && state !== stateBefore) {
      const span = spanOf(last);
      if (span.changed === undefined) events.push(`${last.role.name} changed`);
      span.changed ??= clock;
    }
    stateBefore = state;
    mark();
    const now = await readState(objects);
    const was = before;
    before = now.text;
    for (const actor of actors) {
      if (!isWriter(actor.role) && actor.status === "running" && spanOf(actor).begun !== undefined) {
        seenBy(actor).add(now.text);
      }
    }
    return (
      now.problem ??
      wholeness(now.reading) ??
      (was.startsWith("complete") && now.text !== was && last !== undefined && !mayOverwrite(last)
        ? { rule: "unchanged", detail: `${last.role.name} made of ${was}: ${now.text}` }
        : undefined) ??
      neverStored(now.reading) ??
      endings(now.text)
    );
  };

  const wholeness = (reading: Reading): Violation | undefined => {
    if (reading.found !== "complete") return undefined;
    const isSomebodys = writers.some(
      (writer) => spanOf(writer).begun !== undefined && contentOf(roleOf(writer.role)) === reading.content,
    );
    return isSomebodys
      ? undefined
      : { rule: "whole", detail: `[${reading.content}] is complete, and nobody's content` };
  };

  const neverStored = (reading: Reading): Violation | undefined => {
    if (reading.found !== "complete") return undefined;
    const candidates = writers.filter(({ role }) => contentOf(roleOf(role)) === reading.content);
    const all = candidates.every(({ status, error }) => status === "rejected" && storedOf(error) === "no");
    return all ? { rule: "not stored", detail: `[${reading.content}] is complete` } : undefined;
  };

  /** What is to be said of those that have just ended. */
  const endings = (now: string): Violation | undefined => {
    for (const actor of actors) {
      if (ended.has(actor) || (actor.status !== "resolved" && actor.status !== "rejected")) continue;
      ended.add(actor);
      const violation = isWriter(actor.role) ? writerEnded(actor, actor.role, now) : readerEnded(actor);
      if (violation !== undefined) return violation;
    }
    return undefined;
  };

  const writerEnded = (actor: Actor, role: WriterRole, now: string): Violation | undefined => {
    if (actor.status === "rejected") {
      return isMeteringError(actor.error)
        ? undefined
        : { rule: "error", detail: `${role.name}: ${String(actor.error)}` };
    }
    // Overwriting is for one writer at a time.
    const isAlone = !met(role.mode === "overwrite" ? writers : overwriters, actor);
    if (isAlone && now !== textOf({ found: "complete", content: contentOf(role) })) {
      return { rule: "stored", detail: `${role.name} resolved, and the record reads as ${now}` };
    }
    if (overwriters.some((other) => spanOf(other).changed !== undefined)) return undefined;
    const rival = writers.find(
      (other) =>
        other !== actor &&
        other.status === "resolved" &&
        (contentOf(roleOf(other.role)) !== contentOf(role) ||
          (role.mode === "error" && roleOf(other.role).mode === "error")),
    );
    return rival && { rule: "one winner", detail: `${rival.role.name} and ${role.name} both resolved` };
  };

  const readerEnded = (actor: Actor): Violation | undefined => {
    const { reading } = actor;
    const { name } = actor.role;
    if (reading === undefined) return undefined;
    if (reading.found === "failure") return { rule: "reader", detail: `${name} stopped: ${reading.why}` };
    if (wholeness(reading) !== undefined) return { rule: "reader", detail: `${name} got ${textOf(reading)}` };
    const [only, ...others] = seenBy(actor);
    if (only?.startsWith("complete") === true && others.length === 0 && textOf(reading) !== only) {
      return { rule: "reader sees", detail: `${name} got ${textOf(reading)} of ${only}` };
    }
    return undefined;
  };

  const seenBy = (actor: Actor): Set<string> => {
    const seen = seenByReader.get(actor) ?? new Set();
    seenByReader.set(actor, seen);
    return seen;
  };

  return {
    took(actor) {
      last = actor;
      clock++;
      const span = spanOf(actor);
      if (span.begun === undefined) events.push(`${actor.role.name} begun`);
      span.begun ??= clock;
    },
    look,
    end() {
      // An overwriter that was not alone has to write again, too.
      const unfinished = writers.filter(
        (actor) => actor.status !== "resolved" || (roleOf(actor.role).mode === "overwrite" && met(writers, actor)),
      );
      return converges(
        unfinished.map(({ role }) => roleOf(role)),
        objects,
      );
    },
    state: () =>
      [
        overwriters.length === 0 ? "" : events.join(),
        ...actors.map((actor) => `${spanOf(actor).begun === undefined} ${[...seenBy(actor)].sort().join()}`),
      ].join("/"),
  };
}

function roleOf(role: Actor["role"]): WriterRole {
  if (isWriter(role)) return role;
  throw new Error(`${role.name} is no writer`);
}

/** What the writer's error says of whether the record may be stored. */
function storedOf(error: unknown): unknown {
  return isMeteringError(error) && "stored" in error ? error.stored : undefined;
}

const textOf = (reading: Reading): string =>
  reading.found === "complete" ? `complete [${reading.content}]` : reading.found;

interface Look {
  readonly reading: Reading;
  readonly text: string;
  readonly problem: Violation | undefined;
}

const looks = new Map<string, Look>();

/** What reads as the record now. Both ways of reading have to say the same. */
async function readState(objects: Objects): Promise<Look> {
  const state = objects.state();
  const known = looks.get(state);
  if (known !== undefined) return known;
  const storage = createDirectStorage(objects.copy());
  const reading = await readRecord(storage);
  const scanned = await scanRecords(storage);
  const text = textOf(reading);
  const problem: Violation | undefined =
    reading.found === "failure" || textOf(scanned) !== text
      ? { rule: "reader", detail: `alone, readRecord gives ${fullText(reading)}, and a scan ${fullText(scanned)}` }
      : undefined;
  const look = { reading, text, problem };
  looks.set(state, look);
  return look;
}

const fullText = (reading: Reading): string => (reading.found === "failure" ? reading.why : textOf(reading));

const ends = new Map<string, Promise<Violation | undefined>>();

/** Whether those that did not succeed come to an end when they write again, one after the other. */
function converges(unfinished: readonly WriterRole[], objects: Objects): Promise<Violation | undefined> {
  const key = `${objects.state()} ${JSON.stringify(unfinished)}`;
  const known = ends.get(key) ?? writeAgain(unfinished, objects);
  ends.set(key, known);
  return known;
}

async function writeAgain(unfinished: readonly WriterRole[], objects: Objects): Promise<Violation | undefined> {
  if (unfinished.length === 0) return undefined;
  const overwriting = unfinished.filter(({ mode }) => mode === "overwrite");
  const others = unfinished.filter(({ mode }) => mode !== "overwrite");
  const copy = objects.copy();
  const storage = createDirectStorage(copy);
  const told: string[] = [];
  const violation = (detail: string): Violation => ({
    rule: "converges",
    detail: `${detail} (written again: ${told.join("; ")})`,
  });
  for (const role of [...overwriting, ...others]) {
    const was = await readState(copy);
    try {
      await write(storage, role, role.mode === "overwrite" ? "overwrite" : "verify");
      told.push(`${role.name} resolved`);
      const now = await readState(copy);
      if (now.text !== `complete [${contentOf(role)}]`) return violation(`the record then reads as ${now.text}`);
    } catch (error) {
      told.push(`${role.name} ${isMeteringError(error) ? error.code : String(error)}`);
      if (!isMeteringError(error, "already-exists")) return violation(String(error));
    }
    const now = await readState(copy);
    if (role.mode !== "overwrite" && was.text.startsWith("complete") && now.text !== was.text) {
      return violation(`that made of ${was.text}: ${now.text}`);
    }
  }
  const { text } = await readState(copy);
  return text.startsWith("complete") ? undefined : violation(`the record still reads as ${text}`);
}
