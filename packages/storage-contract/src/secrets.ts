import { inspect } from "node:util";
import { expect } from "vitest";

/** Fails where a secret shows in a value, however it is printed, and says in which one without printing it. */
export function expectNoSecrets(secrets: readonly string[], values: Readonly<Record<string, unknown>>): void {
  for (const [what, value] of Object.entries(values)) {
    const printed = [inspect(value, { depth: 20, showHidden: true }), JSON.stringify(value), String(value)];
    for (const [i, secret] of secrets.entries()) {
      const shows = printed.some((text) => text?.includes(secret));
      if (shows) expect.fail(`the fixture's secret number ${i + 1} shows in ${what}`);
    }
  }
}
