import { readClosed } from "@metering/closing";
import type { Run } from "../../command.ts";
import { daysOf } from "../../input/days.ts";
import { showClosings } from "./show-closings.ts";
import { verify } from "./verify.ts";
import type { CommonFlags } from "../../common-flags.ts";
import type { RangeFlags } from "../../input/range.ts";

/** What can be asked for. */
export interface ClosedFlags extends CommonFlags, RangeFlags {
  readonly verify: boolean;
}

export const run: Run<ClosedFlags, [address?: string]> = async (session, flags, address) => {
  const period = daysOf(flags, session.now);
  const { storage } = await session.open(address);
  if (flags.verify) return verify(session, flags, storage, period);
  await showClosings(session, flags, await readClosed(storage, { ...period, signal: session.signal }));
  return "clean";
};
