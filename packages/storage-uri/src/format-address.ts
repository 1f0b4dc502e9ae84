import { resolve } from "node:path";
import { readField } from "@metering/storage-kit";
import { checkConfig, isSet } from "./config-schema.ts";
import type { StorageConfig } from "./config.ts";
import { parametersOf, sections } from "./parameters.ts";

/**
 * The address of a configuration, without its secrets, for messages and files: `parseAddress` and the Go SDK read it.
 * The path of a folder becomes absolute.
 *
 * @throws `invalid-argument` if the configuration is invalid.
 *
 * @example
 * ```ts
 * formatAddress({ type: "s3", bucket: "usage", prefix: "prod #1" }); // s3://usage/prod%20%231
 * ```
 */
export function formatAddress(config: StorageConfig): string {
  return formatChecked(checkConfig(config));
}

/** The same, of a configuration that was checked. */
export function formatChecked(config: StorageConfig): string {
  const section = readField(config, sections[config.type]);
  const parameters = parametersOf[config.type]
    // The prefix of a bucket is in the path.
    .filter(({ key, isSecret }) => isSecret !== true && (key !== "prefix" || config.type === "localfs"))
    .map((known) => ({ ...known, value: readField(known.inSection === true ? section : config, known.key) }))
    .filter(({ value, byDefault }) => isSet(value) && value !== byDefault)
    .map(({ key, written = key, value }) => `${written}=${encodeURIComponent(String(value))}`)
    .toSorted();
  const query = parameters.length === 0 ? "" : `?${parameters.join("&")}`;
  return `${config.type}://${placeOf(config)}${query}`;
}

function placeOf(config: StorageConfig): string {
  if (config.type === "localfs") {
    const path = resolve(config.localfs["base-path"]).replaceAll("\\", process.platform === "win32" ? "/" : "\\");
    return escapePath(path.startsWith("/") ? path : `/${path}`);
  }
  const { bucket, prefix } = config;
  return isSet(prefix) ? `${bucket}/${escapePath(prefix)}` : bucket;
}

const escapePath = (path: string): string => path.split("/").map(encodeURIComponent).join("/");
