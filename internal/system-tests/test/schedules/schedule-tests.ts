import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createRandom, explore, exploreAll, type Exploration } from "./explore.ts";
import { printRun } from "./print.ts";
import type { Fault, Scenario } from "./run.ts";
import { contents, pagesOf, pairs, randomHistory, randomScenario, readerAndOverwriter, together } from "./scenarios.ts";

/** Registers the tests that try `schedules` random schedules, and every schedule of small cases. */
export function testSchedules(schedules: number): void {
  beforeEach(() => {
    // Pauses between attempts are over when the schedule says so.
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const isLong = schedules >= 10_000;
  const options = { timeout: 60_000 + 50 * schedules };

  describe("every order of steps", () => {
    test.each([
      ["error", "error", 8],
      ["error", "verify", 8],
      ["verify", "verify", 8],
      // Overwriting stores pages in any order, so there are many times more orders.
      ["verify", "overwrite", 4],
      ["overwrite", "overwrite", 4],
    ] as const)(
      "of two writers, %s and %s, of any contents: the record is one writer's, whole, or not complete",
      options,
      async (a, b, usualPages) => {
        const maxPages = isLong ? Infinity : usualPages;
        const small = pairs().filter(([one, other]) => pagesOf(one) + pagesOf(other) <= maxPages);
        const some = small.filter((_, i) => i % Math.ceil(4_000 / schedules) === 0);
        await expectAllGood(some.map(([one, other]) => together([a, one], [b, other])));
      },
    );

    test.each(["crash", "crash late", "lose", "late", "fail"] as const)(
      "of two writers to one of which something happens (%s)",
      options,
      async (fault: Fault) => {
        await expectAllGood([
          { ...together(["error", contents.three], ["verify", contents["the last differs"]]), faults: [fault] },
          { ...together(["verify", contents["the first"]], ["verify", contents["the first two"]]), faults: [fault] },
        ]);
      },
    );

    test.each(["record", "scan"] as const)(
      "of a reader of a %s and one that overwrites it: what is read is one of both, whole, or nothing",
      options,
      async (reads) => {
        await expectAllGood([
          readerAndOverwriter(reads, contents["three in one page"], contents["the first two"]),
          readerAndOverwriter(reads, contents["the first two"], contents["two, the last differs"]),
        ]);
      },
    );
  });

  test(`${schedules} random orders of writers and readers at once, with faults`, options, () =>
    expectGood(randomScenario, schedules),
  );

  test(`${schedules} histories of writers one after the other, each of which may die at any call`, options, () =>
    expectGood(randomHistory, schedules),
  );
}

const maxSchedulesOfCase = 20_000;

async function expectAllGood(scenarios: readonly Scenario[]): Promise<void> {
  for (const scenario of scenarios) {
    const exploration = await exploreAll(scenario, maxSchedulesOfCase);
    expectNoBad(scenario, exploration);
    expect(exploration.schedules).toBeLessThan(maxSchedulesOfCase);
  }
}

async function expectGood(make: (random: () => number) => Scenario, schedules: number): Promise<void> {
  for (let seed = 0; seed < schedules; seed++) {
    const random = createRandom(seed);
    const scenario = make(random);
    expectNoBad(scenario, await explore(scenario, random), `seed ${seed}`);
  }
}

function expectNoBad(scenario: Scenario, { bad }: Exploration, found = ""): void {
  if (bad !== undefined) expect.fail(`A bad schedule was found. ${found}\n${printRun(scenario, bad)}`);
}
