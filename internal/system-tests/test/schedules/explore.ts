import type { Actor } from "./actor.ts";
import { runSchedule, type Run, type RunOptions, type Scenario, type Step } from "./run.ts";
import type { Rule } from "./watch.ts";

/** What exploring a scenario came to. */
export interface Exploration {
  readonly schedules: number;
  /** The first schedule that broke a rule, made as short as it gets. */
  readonly bad: Run | undefined;
}

/** Nothing but what may take effect after everybody is over: then a run may also end. */
const mayEnd = (steps: readonly Step[]): boolean => steps.every(({ actor }) => actor.status !== "running");

/**
 * Every order in which things can happen, depth first, up to `maxSchedules`. States from which the same was tried before are
 * not tried again.
 */
export async function exploreAll(scenario: Scenario, maxSchedules: number): Promise<Exploration> {
  const options: RunOptions = { eager: true };
  const known = new Set<string>();
  const open: (readonly string[])[] = [[]];
  let schedules = 0;
  for (let start = open.pop(); start !== undefined && schedules < maxSchedules; start = open.pop()) {
    schedules++;
    const path: string[] = [];
    const run = await runSchedule(
      scenario,
      (steps, state) => {
        const planned = start?.[path.length];
        if (planned !== undefined) {
          path.push(planned);
          return stepNamed(steps, planned);
        }
        const at = state();
        if (known.has(at)) throw new Known();
        known.add(at);
        const names = steps.map(({ name }) => name);
        if (mayEnd(steps)) names.unshift(end);
        for (const name of names.slice(1).toReversed()) open.push([...path, name]);
        path.push(names[0] ?? end);
        return steps.find(({ name }) => name === names[0]);
      },
      options,
    ).catch((error: unknown) => {
      if (error instanceof Known) return undefined;
      throw error;
    });
    if (run?.violation !== undefined) return { schedules, bad: await shorten(scenario, run, options) };
  }
  return { schedules, bad: undefined };
}

const end = "end";

class Known extends Error {}

function stepNamed(steps: readonly Step[], name: string): Step | undefined {
  if (name === end) return undefined;
  const step = steps.find((one) => one.name === name);
  if (step === undefined) throw new Error(`the same schedule went another way: ${name} is not possible`);
  return step;
}

/** One random order: in some, everybody takes turns at each step, in others everybody goes far before another does. */
export async function explore(scenario: Scenario, random: () => number): Promise<Exploration> {
  const goesOn = [0, 0.7, 0.95][Math.floor(random() * 3)] ?? 0;
  let actor: Actor | undefined;
  const run = await runSchedule(scenario, (steps) => {
    if (mayEnd(steps) && random() < 1 / 3) return undefined;
    // Faults are many among the steps that are possible: one in eight is enough of them.
    const fault = random() < 1 / 8;
    const usual = steps.filter((step) => step.fault === fault);
    const among = usual.length === 0 ? steps : usual;
    const own = random() < goesOn ? among.filter((step) => step.actor === actor) : [];
    const choice = pick(own.length === 0 ? among : own, random);
    actor = choice?.actor;
    return choice;
  });
  return { schedules: 1, bad: run.violation === undefined ? undefined : await shorten(scenario, run, {}) };
}

function pick<Item>(items: readonly Item[], random: () => number): Item | undefined {
  return items[Math.floor(random() * items.length)];
}

/** Leaves out what is not necessary for breaking the same rule. */
async function shorten(scenario: Scenario, bad: Run, options: RunOptions): Promise<Run> {
  const rule = bad.violation?.rule;
  let shortest = bad;
  for (let size = Math.ceil(bad.taken.length / 2); size >= 1;) {
    let shorter = false;
    for (let at = 0; at < shortest.taken.length; at += size) {
      const names = shortest.taken.map(({ step }) => step);
      const run = await follow(scenario, [...names.slice(0, at), ...names.slice(at + size)], rule, options);
      if (run !== undefined && costOf(run) < costOf(shortest)) {
        shortest = run;
        shorter = true;
        at -= size;
      }
    }
    if (!shorter) size = size === 1 ? 0 : Math.ceil(size / 2);
  }
  return shortest;
}

/** Steps, and how often it changes who takes them. */
function costOf({ taken }: Run): number {
  const names = taken.map(({ step }) => step.replace(/\d.*| .*/, ""));
  return taken.length * 2 + names.filter((name, i) => i > 0 && name !== names[i - 1]).length;
}

/** Takes those of the steps that are possible, in their order, and lets everybody come to their end then. */
async function follow(
  scenario: Scenario,
  names: readonly string[],
  rule: Rule | undefined,
  options: RunOptions,
): Promise<Run | undefined> {
  let next = 0;
  const run = await runSchedule(
    scenario,
    (steps) => {
      while (next < names.length) {
        const step = steps.find(({ name }) => name === names[next]);
        next++;
        if (step !== undefined) return step;
      }
      return mayEnd(steps) ? undefined : steps.find(({ fault }) => !fault);
    },
    options,
  );
  return run.violation?.rule === rule ? run : undefined;
}

/** Random numbers from 0 up to 1, the same for the same seed. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
