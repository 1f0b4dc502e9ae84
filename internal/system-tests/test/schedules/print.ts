import { contentOf, isWriter, type Role } from "./cast.ts";
import type { Run, Scenario } from "./run.ts";
import { rules } from "./watch.ts";

/** A bad schedule, to be read by a person. */
export function printRun(scenario: Scenario, { taken, violation }: Run): string {
  const steps = taken.map(
    ({ step, outcome }, i) => `${String(i + 1).padStart(4)}. ${step}${outcome && ` → ${outcome}`}`,
  );
  const broken =
    violation === undefined ? "nothing was broken" : `broken: ${rules[violation.rule]}\n  ${violation.detail}`;
  return ["", ...scenario.roles.map(printRole), "", ...steps, "", broken, ""].join("\n");
}

function printRole(role: Role): string {
  const stage = role.stage === undefined ? "" : `, stage ${role.stage}`;
  if (!isWriter(role)) return `  ${role.name}: reads a ${role.reads}${stage}`;
  const { name, mode, perPage = 1 } = role;
  return `  ${name}: ${mode} [${contentOf(role)}], ${perPage} a page${stage}`;
}
