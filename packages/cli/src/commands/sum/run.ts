import type { MeteringError } from "@metering/core";
import { MeteringReader } from "@metering/reader";
import type { Run } from "../../command.ts";
import { rangeOf, type RangeFlags } from "../../input/range.ts";
import { scopeOf, type ScopeFlags } from "../../input/scope.ts";
import { showSums, type BucketSums } from "./show-sums.ts";
import { createTally } from "./tally.ts";
import { bucketStart, type Bucket } from "./time-bucket.ts";
import type { CommonFlags } from "../../common-flags.ts";

/** What can be asked for. */
export interface SumFlags extends CommonFlags, RangeFlags, ScopeFlags {
  readonly by?: readonly string[] | undefined;
  readonly per?: Bucket | undefined;
}

export const run: Run<SumFlags, [address?: string]> = async (session, flags, address) => {
  const { signal, now, messages } = session;
  const { from, to } = rangeOf(flags, now);
  const { storage } = await session.open(address);
  const { by = [], per } = flags;
  let findings = 0;
  const onFinding = (finding: MeteringError) => {
    findings++;
    messages.finding(finding);
  };
  const scan = new MeteringReader(storage).scan(
    { from, to, ...scopeOf(flags) },
    { incomplete: "skip", duplicates: "fail", onFinding, signal },
  );
  const tally = createTally(by, onFinding);

  // Records come by time, so a bucket is complete when the next one begins: only one is in memory.
  async function* sums(): AsyncGenerator<BucketSums> {
    const progress = messages.progress({ done: "Read", unit: "record" });
    let start = from;
    for await (const record of scan) {
      const bucket = per === undefined ? from : bucketStart(record.timestamp, per);
      if (bucket !== start) yield { start, sums: tally.take() };
      start = bucket;
      tally.add(record);
      progress.add(1, (record.timestamp - from) / (to - from));
    }
    progress.end();
    yield { start, sums: tally.take() };
  }

  await showSums(session, { ...flags, by, from, to }, sums());
  if (findings === 0) return "clean";
  return "findings";
};
