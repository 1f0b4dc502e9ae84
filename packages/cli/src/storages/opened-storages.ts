import { openStorage, type OpenedStorage } from "@metering/storage-uri";
import { findStorage } from "./find-storage.ts";

/** The storages that a command opens. Closing closes them all. */
export interface OpenedStorages extends AsyncDisposable {
  open(named: string | undefined): Promise<OpenedStorage>;
}

export function createOpenedStorages(
  env: Readonly<Partial<Record<string, string>>>,
  secrets: "accept" | "refuse",
): OpenedStorages {
  const opened: OpenedStorage[] = [];
  return {
    async open(named) {
      const found = await findStorage(named, env);
      const storage = await openStorage(found, { secrets });
      opened.push(storage);
      return storage;
    },
    async [Symbol.asyncDispose]() {
      for (const { storage } of opened) await storage.close();
    },
  };
}
