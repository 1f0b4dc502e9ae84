import { isMeteringError, type ListedObject, type ListOptions, type ObjectStorage } from "@metering/core";

/** What is in the spool's folder. A local folder is made by the first put; until then nothing is in it. */
export async function* listFolder(
  folder: ObjectStorage,
  prefix: string,
  options: ListOptions,
): AsyncGenerator<ListedObject, void, undefined> {
  try {
    yield* folder.list(prefix, options);
  } catch (error) {
    if (!isMeteringError(error, "bucket-not-found")) throw error;
  }
}
