import { MeteringError } from "@metering/core";
import { vi } from "vitest";
import { createActor, startActor, type Actor } from "./actor.ts";
import { isWriter, type Role } from "./cast.ts";
import { createObjects } from "./objects.ts";
import { createWatch, type Violation } from "./watch.ts";

/**
 * What may go wrong for a writer:
 *
 * - `fail`: a call never arrives, and the writer is told so.
 * - `lose`: a call takes effect, and the writer is told that it failed.
 * - `late`: the writer is told that a call timed out, and the call takes effect at any later time, or never.
 * - `crash`: the writer dies, and what it had sent never arrives.
 * - `crash late`: the writer dies, and what it had sent takes effect at any later time, or never.
 */
export type Fault = "fail" | "lose" | "late" | "crash" | "crash late";

export interface Scenario {
  readonly roles: readonly Role[];
  /** Faults that may happen. Default: none. */
  readonly faults?: readonly Fault[];
  /** How many of them. Default: 1. */
  readonly maxFaults?: number;
  /** How many keys a request lists. Default: all. */
  readonly keysPerRequest?: number;
}

/** One thing that can happen next. Its name says what, the same in every run of the scenario. */
export interface Step {
  readonly name: string;
  readonly actor: Actor;
  readonly fault: boolean;
  readonly take: () => void;
}

/** A step that was taken, with what it did. */
export interface Taken {
  readonly step: string;
  readonly outcome: string;
}

export interface Run {
  readonly taken: readonly Taken[];
  readonly violation: Violation | undefined;
}

/** Chooses among the steps that can happen next; `undefined` ends the run. `state` is equal for runs that go on equally. */
export type Choose = (steps: readonly Step[], state: () => string) => Step | undefined;

export interface RunOptions {
  /**
   * Answer a call right away where its caller has no other call under way: when exactly it learns the answer changes nothing
   * for anybody else then. Default: false.
   */
  readonly eager?: boolean;
}

const maxSteps = 400;

/** Runs one schedule of the scenario: every effect, every answer and every fault happens when `choose` says so. */
export async function runSchedule(
  scenario: Scenario,
  choose: Choose,
  { eager = false }: RunOptions = {},
): Promise<Run> {
  const objects = createObjects();
  const actors = scenario.roles.map(createActor);
  const watch = createWatch(actors, objects);
  const taken: Taken[] = [];
  let faults = 0;

  const state = (): string =>
    [
      objects.state(),
      faults,
      watch.state(),
      ...actors.map(
        ({ status, told, calls }) =>
          `${status} ${told} ${calls.map(({ name, outcome, answered }) => `${name} ${outcome} ${answered}`).join()}`,
      ),
    ].join("|");

  for (;;) {
    await settle(actors);
    const violation = await watch.look();
    if (violation !== undefined) return { taken, violation };
    const next = nextToStart(actors);
    if (next.length > 0) {
      for (const actor of next) startActor(actor, objects, scenario.keysPerRequest);
      continue;
    }
    const mayFail = faults < (scenario.maxFaults ?? 1);
    const steps = possibleSteps(actors, mayFail ? (scenario.faults ?? []) : [], eager);
    const step = taken.length < maxSteps ? choose(steps, state) : undefined;
    if (step === undefined) break;
    if (step.fault) faults++;
    const call = step.actor.calls.find(({ name }) => step.name.startsWith(name));
    const before = call?.outcome;
    step.take();
    taken.push({ step: step.name, outcome: before === undefined ? (call?.outcome ?? "") : "" });
    watch.took(step.actor);
  }
  const isOver = actors.every(({ status }) => status !== "waiting" && status !== "running");
  return { taken, violation: isOver ? await watch.end() : undefined };
}

/** The actors of the lowest stage that is not over. */
function nextToStart(actors: readonly Actor[]): readonly Actor[] {
  const open = actors.filter(({ status }) => status === "waiting" || status === "running");
  const stage = Math.min(...open.map(({ role }) => role.stage ?? 0));
  return open.filter(({ role, status }) => status === "waiting" && (role.stage ?? 0) === stage);
}

/**
 * Lets everybody go on until each is over or waits for a storage. A pause is over at once: what comes behind it is a call,
 * and the schedule says when that happens.
 */
async function settle(actors: readonly Actor[]): Promise<void> {
  for (let turn = 0; turn < 1000; turn++) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    // Effective, and its caller gave up on it meanwhile.
    for (const actor of actors) {
      actor.calls = actor.calls.filter(({ outcome, answered }) => outcome === undefined || !answered);
    }
    const idle = actors.find(({ status, calls }) => status === "running" && calls.every(({ answered }) => answered));
    if (idle === undefined) return;
    if (vi.getTimerCount() > 0) vi.advanceTimersToNextTimer();
  }
  throw new Error("somebody waits for something that is neither a storage nor a pause");
}

function possibleSteps(actors: readonly Actor[], faults: readonly Fault[], eager: boolean): readonly Step[] {
  const atOnce = eager ? actors.find(waitsForOneAnswer) : undefined;
  return atOnce === undefined ? actors.flatMap((actor) => stepsOf(actor, faults)) : stepsOf(atOnce, faults);
}

function waitsForOneAnswer({ calls, status }: Actor): boolean {
  const waiting = calls.filter(({ answered }) => !answered);
  return status === "running" && waiting.length === 1 && waiting[0]?.outcome !== undefined;
}

function stepsOf(actor: Actor, allowed: readonly Fault[]): readonly Step[] {
  const faults = isWriter(actor.role) ? allowed : [];
  const steps: Step[] = [];
  const add = (name: string, take: () => void): void => void steps.push({ name, actor, fault: false, take });
  const addFault = (fault: Fault, name: string, take: () => void): void => {
    if (faults.includes(fault)) steps.push({ name: `${name} ${fault}`, actor, fault: true, take });
  };

  for (const call of actor.calls) {
    const { name, outcome, verb } = call;
    const isOrphan = call.answered || actor.status === "dead";
    const drop = (): void => {
      actor.calls = actor.calls.filter((other) => other !== call);
    };
    const fail = (code: "unavailable" | "timeout"): void => {
      actor.told += `${name}: ${code};`;
      call.fail(new MeteringError(code, `${name}: ${code}`, { key: call.key }));
    };
    const failForGood = (): void => {
      drop();
      fail("unavailable");
    };
    const changes = verb === "put" || verb === "delete";
    if (outcome !== undefined) {
      add(`${name} answer`, () => {
        drop();
        actor.told += `${name}: ${outcome};`;
        call.answer();
      });
      if (changes) addFault("lose", name, failForGood);
      continue;
    }
    add(`${name} effect`, () => {
      call.takeEffect();
      if (isOrphan) drop();
    });
    if (isOrphan) continue;
    addFault("fail", name, failForGood);
    if (changes) addFault("late", name, () => fail("timeout"));
  }
  if (actor.status === "running") {
    addFault("crash", actor.role.name, () => {
      actor.status = "dead";
      actor.calls = [];
    });
    addFault("crash late", actor.role.name, () => {
      actor.status = "dead";
      actor.calls = actor.calls.filter(
        ({ outcome, verb }) => outcome === undefined && (verb === "put" || verb === "delete"),
      );
    });
  }
  return steps;
}
