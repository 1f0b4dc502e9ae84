import type { StorageConfig } from "@metering/storage-uri";
import { UsageError } from "../usage-error.ts";
import { configurationFile, readConfiguration } from "./configuration.ts";

type Env = Readonly<Partial<Record<string, string>>>;

/**
 * What a storage's name or address on the command line stands for. Without one: `$METERING_STORAGE`, then the configuration
 * file's default.
 *
 * @throws UsageError if there is none, or if a plain word is no name in the configuration.
 */
export async function findStorage(named: string | undefined, env: Env): Promise<string | StorageConfig> {
  const given = named ?? env["METERING_STORAGE"];
  if (given !== undefined && !isName(given)) return given;
  const { file, storages, default: byDefault } = await readConfiguration(env);
  const name = given ?? byDefault;
  if (name === undefined) {
    throw new UsageError(
      `Say which storage: an address such as s3://bucket/prefix or ./usage, $METERING_STORAGE, or a default in ${configurationFile(env)}.`,
    );
  }
  const storage = Object.hasOwn(storages, name) ? storages[name] : undefined;
  if (storage !== undefined) return storage;
  const names = Object.keys(storages);
  const known = names.length === 0 ? "It names none" : `It names ${names.join(", ")}`;
  throw new UsageError(`${JSON.stringify(name)} is no storage in ${file}. ${known}. A folder is written ./${name}.`);
}

/** A plain word. Addresses have a colon, and folders a slash or a dot at their beginning. */
function isName(text: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/u.test(text);
}
