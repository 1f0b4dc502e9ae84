import type { IfExists } from "@metering/writer";
import type { ReaderRole, Role, WriterRole } from "./cast.ts";
import type { Fault, Scenario } from "./run.ts";

type Content = Pick<WriterRole, "data" | "perPage">;

/** Contents that have pages in common, as those of a retry, a restart or a copy have. Others hide most defects. */
export const contents = {
  three: { data: ["t1", "t2", "t3"] },
  "the first differs": { data: ["u1", "t2", "t3"] },
  "the second differs": { data: ["t1", "u2", "t3"] },
  "the last differs": { data: ["t1", "t2", "u3"] },
  "the first two": { data: ["t1", "t2"] },
  "two, the last differs": { data: ["t1", "u2"] },
  "the first": { data: ["t1"] },
  "one more": { data: ["t1", "t2", "t3", "t4"] },
  "one more, the last two differ": { data: ["t1", "t2", "u3", "u4"] },
  "three in one page": { data: ["t1", "t2", "t3"], perPage: 3 },
  "another one": { data: ["u1"] },
  "three others": { data: ["u1", "u2", "u3"] },
  none: { data: [] },
} as const satisfies Readonly<Record<string, Content>>;

/** Writers at once whose records and modes are these, in the order of the names A, B, C. */
export function together(...writers: readonly (readonly [IfExists, Content])[]): Scenario {
  return { roles: writers.map(([mode, content], i) => ({ name: nameOf(i), mode, ...content, stage: 1 })) };
}

const nameOf = (i: number): string => String.fromCharCode("A".charCodeAt(0) + i);

export const pagesOf = ({ data, perPage = 1 }: Content): number => Math.ceil(data.length / perPage);

/** Every pair of contents, once in each order. */
export function pairs(): readonly (readonly [Content, Content])[] {
  const all = Object.values(contents);
  return all.flatMap((a) => all.map((b) => [a, b] as const));
}

/** A reader while a record that is there is overwritten. */
export function readerAndOverwriter(reads: ReaderRole["reads"], before: Content, after: Content): Scenario {
  return {
    roles: [
      { name: "A", mode: "error", ...before, stage: 0 },
      { name: "B", mode: "overwrite", ...after, stage: 1 },
      { name: "R", reads, stage: 1 },
    ],
  };
}

const modes: readonly IfExists[] = ["error", "verify", "overwrite"];
const allFaults: readonly Fault[] = ["fail", "lose", "late", "crash", "crash late"];

/** Several writers and readers at once, sometimes on what another left. */
export function randomScenario(random: () => number): Scenario {
  const roles: Role[] = [];
  if (random() < 0.3) roles.push(randomWriter("L", 0, random));
  for (const name of ["A", "B", "C"].slice(0, random() < 0.7 ? 2 : 3)) roles.push(randomWriter(name, 1, random));
  for (const name of ["R", "S"].slice(0, Math.floor(random() * 3))) {
    roles.push({ name, reads: random() < 0.5 ? "record" : "scan", stage: 1 });
  }
  return {
    roles,
    faults: allFaults,
    maxFaults: Math.floor(random() * 3),
    ...(random() < 0.3 ? { keysPerRequest: 1 } : {}),
  };
}

/** Two to four writers, one after the other. Each may die at any call, before it or behind it, or be told wrong things. */
export function randomHistory(random: () => number): Scenario {
  const names = ["A", "B", "C", "D"].slice(0, 2 + Math.floor(random() * 3));
  return {
    roles: names.map((name, stage) => randomWriter(name, stage, random)),
    faults: ["fail", "lose", "crash"],
    maxFaults: names.length,
  };
}

function randomWriter(name: string, stage: number, random: () => number): WriterRole {
  return {
    name,
    mode: pick(modes, random),
    ...pick(Object.values(contents), random),
    lazily: random() < 0.2,
    mayDelete: random() < 0.9,
    stage,
  };
}

function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("there is nothing to pick from");
  return item;
}
