// An app as a user has it: our packages packed, and installed from the tarballs into a folder of its own.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Published, published, root } from "@metering/tooling/published";

/** Runs a command; throws with what it printed where it fails. */
export function run(command: string, args: readonly string[], cwd = root): string {
  const { status, signal, error, stdout, stderr } = spawnSync(command, args, {
    cwd,
    encoding: "utf8",
    timeout: 300_000,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(" ")}\n${stdout}${stderr}${error?.message ?? signal ?? ""}`);
}

export interface Tarball {
  readonly path: string;
  readonly files: readonly string[];
  readonly bytes: number;
}

/** What `npm pack --json` prints. */
interface PackedByNpm {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
  readonly size: number;
}

/** Packs one package into `folder`. */
export function pack({ path }: Published, folder: string): Tarball {
  const printed: PackedByNpm[] = JSON.parse(run("npm", ["pack", "--json", "--pack-destination", folder], path));
  const [packed] = printed;
  if (packed === undefined) throw new Error(`npm packed nothing in ${path}`);
  return { path: join(folder, packed.filename), files: packed.files.map((file) => file.path), bytes: packed.size };
}

/** Packs all packages: tarballs by the package's name. */
export function packAll(folder: string): ReadonlyMap<string, Tarball> {
  return new Map(published.map((one) => [one.name, pack(one, folder)]));
}

/** Writes the package.json of an app that depends on our packages of those names, for whichever package manager. */
export function describeApp(folder: string, tarballs: ReadonlyMap<string, Tarball>, names: readonly string[]): void {
  const ours = Object.fromEntries([...tarballs].map(([name, { path }]) => [name, `file:${path}`]));
  const dependencies = Object.fromEntries(names.map((name) => [name, ours[name]]));
  // One field for npm, one for pnpm, one for Yarn: what our packages need of each other is not on the registry.
  const overrides = { overrides: ours, pnpm: { overrides: ours }, resolutions: ours };
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "app", private: true, dependencies, ...overrides }),
  );
}

/**
 * Makes an app in `folder` with our packages of those names, and others from the registry. Where one of ours asks for
 * another of ours, that comes from its tarball too.
 */
export function installApp(
  folder: string,
  tarballs: ReadonlyMap<string, Tarball>,
  names: readonly string[],
  others: readonly string[] = [],
): void {
  describeApp(folder, tarballs, names);
  const options = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
  run("npm", ["install", ...options, ...others], folder);
}

/** Bytes that a folder's files take on the disk. */
export function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).blocks * 512, 0);
}
