import { MeteringReader } from "@metering/reader";
import type { Run } from "../../command.ts";
import { rangeOf, type RangeFlags } from "../../input/range.ts";
import { scopeOf, type ScopeFlags } from "../../input/scope.ts";
import { UsageError } from "../../usage-error.ts";
import { readKey } from "./read-key.ts";
import { showContent } from "./show-content.ts";
import type { CommonFlags } from "../../common-flags.ts";

/** What can be asked for. */
export interface CatFlags extends CommonFlags, RangeFlags, ScopeFlags {
  readonly pretty: boolean;
}

const keyStart = "metering/";

export const run: Run<CatFlags, string[]> = async (session, flags, ...args) => {
  const [first, ...others] = args;
  const isAddress = first !== undefined && !first.startsWith(keyStart);
  const keys = isAddress ? others : args;
  const stray = keys.find((key) => !key.startsWith(keyStart));
  if (stray !== undefined) throw new UsageError(`${JSON.stringify(stray)} is no key: keys begin with ${keyStart}.`);
  const address = isAddress ? first : undefined;
  const hasRange = flags.in !== undefined || flags.from !== undefined || flags.to !== undefined;
  if (keys.length === 0) return catRange(session, flags, address);
  if (hasRange) throw new UsageError("Give keys or a time, not both.");

  const { storage } = await session.open(address);
  for (const key of keys) await showContent(session, flags.pretty, await readKey(storage, key, session.signal));
  return "clean";
};

/** The complete records of a range. */
async function catRange(
  session: Parameters<typeof run>[0],
  flags: CatFlags,
  address: string | undefined,
): ReturnType<typeof run> {
  const { signal, now, messages } = session;
  const { from, to } = rangeOf(flags, now);
  const { storage } = await session.open(address);
  let findings = 0;
  const records = new MeteringReader(storage).scan(
    { from, to, ...scopeOf(flags) },
    {
      incomplete: "skip",
      onFinding: (finding) => {
        findings++;
        messages.finding(finding);
      },
      signal,
    },
  );
  const progress = messages.progress({ done: "Read", unit: "record" });
  for await (const record of records) {
    await showContent(session, flags.pretty, { kind: "record", record });
    progress.add(1, (record.timestamp - from) / (to - from));
  }
  progress.end();
  return findings === 0 ? "clean" : "findings";
}
