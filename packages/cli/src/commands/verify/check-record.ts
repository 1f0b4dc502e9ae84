import { isMeteringError, meteringKeyPrefix, type MeteringError } from "@metering/core";
import type { PageObject } from "../../bucket/bucket-object.ts";
import type { RecordPages } from "../../bucket/records.ts";
import { severityOfIncomplete, type Finding } from "./finding.ts";
import type { CheckedPage, PageResult } from "./read-page.ts";

/** What is wrong with a record, given what reading each of its listed pages came to. */
export function* checkRecord(
  pages: RecordPages,
  results: ReadonlyMap<number, PageResult>,
  now: number,
): Generator<Finding, void, undefined> {
  const [{ timestamp }] = pages;
  const severity = severityOfIncomplete(timestamp, now);
  const firstKey = `${meteringKeyPrefix(pages[0])}0.json.gz`;
  const incomplete = (problem: string): Finding => ({
    severity,
    problem: "incomplete",
    code: "incomplete-record",
    key: firstKey,
    message: `The record of ${firstKey} is incomplete, so that nothing of it is counted: ${problem}. Its writer must write it again.`,
  });

  const isThere = (part: number): boolean => {
    const result = results.get(part);
    // What was listed can be gone when it is read.
    return result !== undefined && !("error" in result && isMeteringError(result.error, "not-found"));
  };
  const first = results.get(0);
  const isNamed = namedBy(first, pages);
  const named = pages.filter(({ part }) => isThere(part) && isNamed(part));
  if (!isThere(0)) yield incomplete(`part 0 is missing, and ${pages.length} later ones are there`);
  else {
    const missing = missingParts(first, pages, isThere);
    if (missing !== undefined) yield incomplete(missing);
  }
  for (const page of named) {
    const result = results.get(page.part);
    if (result === undefined) continue;
    if ("error" in result) yield unusable(page, result.error, now);
    else yield* checkPage(page, result, { digest: digestIn(first, page.part), severity });
  }
  // From the highest down, which is the order to remove them in: no gap is left between others.
  for (const { key, part } of pages.toReversed()) if (isThere(part) && !isNamed(part)) yield leftover(key, firstKey);
}

/** Which parts belong to the record. Without a manifest that can be read, none is a leftover. */
function namedBy(first: PageResult | undefined, pages: RecordPages): (part: number) => boolean {
  const manifest = manifestOf(first);
  if (manifest !== undefined) return (part) => part < manifest.parts;
  const listed = new Set(pages.map(({ part }) => part));
  return (part) => listed.has(part);
}

const manifestOf = (first: PageResult | undefined) =>
  first === undefined || "error" in first ? undefined : first.manifest;

const digestIn = (first: PageResult | undefined, part: number) => manifestOf(first)?.digests[part - 1];

/** Which parts are missing, in words. */
function missingParts(
  first: PageResult | undefined,
  pages: RecordPages,
  isThere: (part: number) => boolean,
): string | undefined {
  const count = manifestOf(first)?.parts ?? (pages.at(-1)?.part ?? 0) + 1;
  let missing = 0;
  let example: number | undefined;
  for (let part = 0; part < count; part++) {
    if (isThere(part)) continue;
    missing++;
    example ??= part;
    // A page number of the Go SDK can be anything.
    if (missing > pages.length && part > pages.length) break;
  }
  if (example === undefined) return undefined;
  return missing === 1 ? `part ${example} is missing` : `part ${example} and others are missing`;
}

function unusable({ key, timestamp }: PageObject, { code, message }: MeteringError, now: number): Finding {
  const problem = code === "permission-denied" ? "unreadable" : "damaged";
  const severity = code === "truncated-file" ? severityOfIncomplete(timestamp, now) : "error";
  return { severity, problem, code, key, message };
}

function* checkPage(
  { key }: PageObject,
  page: CheckedPage,
  { digest, severity }: { readonly digest: string | undefined; readonly severity: Finding["severity"] },
): Generator<Finding, void, undefined> {
  if (digest !== undefined && digest !== page.digest) {
    yield {
      severity,
      problem: "contradiction",
      code: "incomplete-record",
      key,
      message: `${key} has other content than part 0 of its record says, so that nothing of the record is counted. Its writer must write it again, with overwrite.`,
    };
  }
  for (const { finding, elements } of page.uncounted.values()) {
    const others = elements === 1 ? "" : ` So in ${elements} elements.`;
    const message = `${key}: ${finding.message.replace(/ To sum the others, pass onFinding\.$/u, "")}${others}`;
    yield { severity: "error", problem: "uncountable", code: finding.code, key, message };
  }
}

function leftover(key: string, firstKey: string): Finding {
  return {
    severity: "notice",
    problem: "leftover",
    key,
    message: `${key} is a page that ${firstKey} does not name. Only readers that do not know the manifest, such as the Go SDK, count it. --fix removes it.`,
  };
}
