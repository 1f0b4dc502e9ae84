import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { storageConfig, type StorageConfig } from "@metering/storage-uri";
import { z } from "zod";
import { UsageError } from "../usage-error.ts";

type Env = Readonly<Partial<Record<string, string>>>;

const configurationSchema = z.strictObject({
  /** The storage that is meant where none is named. */
  default: z.optional(z.string()),
  /** Storages by the names that commands take: addresses, or configurations as the Go SDK has them. */
  storages: z.record(z.string().regex(/^[A-Za-z0-9_.-]+$/u), z.union([z.string(), storageConfig])),
});

/** Names for storages. */
export interface Configuration {
  readonly file: string;
  readonly default?: string | undefined;
  readonly storages: Readonly<Record<string, string | StorageConfig>>;
}

/** `$METERING_CONFIG`, or `metering/config.json` where this user's configuration files are. */
export function configurationFile(env: Env): string {
  const folder = env["XDG_CONFIG_HOME"] ?? join(homedir(), ".config");
  return env["METERING_CONFIG"] ?? join(folder, "metering", "config.json");
}

/**
 * The configuration file, or an empty configuration if there is none.
 *
 * @throws UsageError if the file cannot be read or says something that is not understood. Its text is not repeated, since it
 *   may hold secrets.
 */
export async function readConfiguration(env: Env): Promise<Configuration> {
  const file = configurationFile(env);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    if (isMissing && env["METERING_CONFIG"] === undefined) return { file, storages: {} };
    throw new UsageError(
      `The configuration file ${file} cannot be read: ${isMissing ? "it does not exist" : "see its permissions"}.`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UsageError(`The configuration file ${file} is no JSON.`);
  }
  const result = configurationSchema.safeParse(json);
  if (result.success) return { file, ...result.data };
  const places = result.error.issues.map(({ path, message }) => `${path.map(String).join(".") || "file"}: ${message}`);
  throw new UsageError(`The configuration file ${file} is not understood. ${places.join("; ")}.`);
}
