import { splitAddress, type AddressParts } from "./address-parts.ts";
import { checkConfig } from "./config-schema.ts";
import type { StorageConfig } from "./config.ts";
import { checkFolder, isFolder } from "./folder.ts";
import { parametersOf, sections, type Parameter, type StorageType } from "./parameters.ts";
import { refuse, refuseMisplacedSecret } from "./refuse.ts";

/** Options of {@link parseAddress}. */
export interface AddressOptions {
  /**
   * What to do with keys and tokens in an address. Addresses end up in logs, process lists and shell histories, so they
   * are refused unless you accept them. Default: `refuse`.
   */
  readonly secrets?: "refuse" | "accept" | undefined;
}

const typeOfScheme: ReadonlyMap<string, StorageType> = new Map([
  ["s3", "s3"],
  ["oss", "oss"],
  ["azure", "azure"],
  ["azblob", "azure"],
  ["localfs", "localfs"],
  ["file", "localfs"],
]);

/**
 * The configuration that an address stands for.
 *
 * @throws `invalid-argument` if it is no address of a storage. The message quotes nothing that could be a secret.
 *
 * @example
 * ```ts
 * parseAddress("s3://usage/prod?region=eu-west-1"); // { type: "s3", bucket: "usage", prefix: "prod", region: "eu-west-1" }
 * ```
 */
export function parseAddress(address: string, { secrets = "refuse" }: AddressOptions = {}): StorageConfig {
  if (typeof address !== "string") refuse("it must be a text.");
  if (isFolder(address)) return check({ type: "localfs", localfs: { "base-path": checkFolder(address) } });
  const parts = splitAddress(address);
  refuseMisplacedSecret(parts.path);
  const type = typeOfScheme.get(parts.scheme) ?? refuseScheme(parts.scheme);
  const [atTop, inSection] = readParameters(parts, type, secrets);
  const section = { ...(type === "localfs" && { "base-path": basePathOf(parts) }), ...inSection };
  return check({
    type,
    ...(type !== "localfs" && placeOf(parts, atTop)),
    ...atTop,
    ...(Object.keys(section).length > 0 && { [sections[type]]: section }),
  });
}

function refuseScheme(scheme: string): never {
  if (scheme === "gcs" || scheme === "gs")
    refuse("Google Cloud Storage is implemented by neither this SDK nor the Go SDK.");
  if (scheme === "http" || scheme === "https") {
    refuse('it is a URL of the web. Write "s3://bucket?endpoint=https://…" for a bucket of an S3-compatible store.');
  }
  return refuse("its scheme must be s3, oss, azure, azblob, file or localfs.");
}

type Fields = Record<string, string | boolean>;

/** The fields that the parameters give: those at the top of the configuration, and those in the type's section. */
function readParameters(
  { parameters }: AddressParts,
  type: StorageType,
  secrets: "refuse" | "accept",
): [Fields, Fields] {
  const atTop: Fields = {};
  const inSection: Fields = {};
  for (const [index, [name, value]] of parameters.entries()) {
    const known = parametersOf[type].find(({ key, alias }) => key === name || alias === name);
    if (known === undefined) refuseParameter(name, index, type);
    if (known.isSecret !== true) refuseMisplacedSecret(value);
    else if (secrets === "refuse") refuseSecret(known.key);
    const fields = known.inSection === true ? inSection : atTop;
    if (known.key in fields) refuse(`${known.key} is given twice.`);
    fields[known.key] = known.isFlag === true ? readFlag(known, value) : value;
  }
  return [atTop, inSection];
}

function readFlag({ key }: Parameter, value: string): boolean {
  if (value !== "true" && value !== "false") refuse(`${key} must be true or false.`);
  return value === "true";
}

function refuseSecret(key: string): never {
  return refuse(
    `it contains ${key}, a secret that does not belong in an address. Leave it out, so that credentials come from the environment or the machine's identity; or give the configuration as an object; or set the option secrets to "accept".`,
  );
}

function refuseParameter(name: string, index: number, type: StorageType): never {
  const known = parametersOf[type].map(({ key }) => key).join(", ");
  // A secret that was not escaped falls into pieces that look like names, so only what can be no secret is quoted.
  const which = /^[a-z]{1,12}(-[a-z]{1,12}){0,3}$/.test(name) ? `"${name}"` : `number ${index + 1}`;
  return refuse(`its parameter ${which} is unknown. An address of this kind takes ${known}.`);
}

function placeOf({ host, path }: AddressParts, { prefix }: Fields): Fields {
  const ofPath = path.slice(1);
  if (ofPath !== "" && prefix !== undefined) refuse("it has a prefix in its path and one as a parameter. Keep one.");
  return { bucket: host, ...(ofPath !== "" && { prefix: ofPath }) };
}

function basePathOf({ host, path }: AddressParts): string {
  if (/^(~.*|\.{1,2}|localhost)$/i.test(host)) {
    refuse('the path of a folder must be absolute, as in "file:///var/usage". Write "./usage" for a relative one.');
  }
  return host === "" ? path : `/${host}${path}`;
}

function check(config: object): StorageConfig {
  return checkConfig(config, "address of a storage", (path) => String(path.at(-1) ?? ""));
}
