import type { ObjectStorage } from "@metering/core";
import type { Fixture } from "@metering/storage-contract";
import { withFaults, type Fault } from "@metering/storage-kit";
import { Memory, MemoryStorage } from "@metering/storage-memory";

const anHour = 3_600_000;

/** A new memory for the contract suite, whose storages stall and break on demand, each with a layer around it. */
export function createFixture(layer = (storage: ObjectStorage): ObjectStorage => storage): Fixture {
  const memory = new Memory();
  let fault: Fault | undefined;
  return {
    open: ({ prefix } = {}) => layer(withFaults(new MemoryStorage({ memory, prefix }), () => fault)),
    plantInvalidKeys: async (folder) => {
      const names = ["", "a//b", "a/../b", "line\nfeed"];
      for (const name of names) memory.set(`${folder}/${name}`, new Uint8Array());
      return names;
    },
    stall: () => void (fault = { delayMs: anHour }),
    break: () => void (fault = { before: "unavailable" }),
    [Symbol.asyncDispose]: async () => {},
  };
}
