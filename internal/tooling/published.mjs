// The packages that are published, and their entries: what the checks of packaging and documentation go through.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

export const published = readdirSync(join(root, "packages"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name: folder }) => {
    const path = join(root, "packages", folder);
    const manifest = readManifest(path);
    if (manifest === undefined) return [];
    const { name, version } = manifest;
    const entries = Object.entries(manifest.exports ?? {})
      .filter(([subpath]) => subpath !== "./package.json")
      .map(([subpath, conditions]) => ({
        name: name + subpath.slice(1),
        source: conditions["@metering/source"],
        types: conditions.import.types,
      }));
    return [{ name, version, folder, path, entries, manifest }];
  });

/** Those that programs import. The others are commands. */
export const libraries = published.filter(({ entries }) => entries.length > 0);

// A folder without one is what another branch left behind (its dist or node_modules).
function readManifest(path) {
  try {
    return JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  } catch {
    return undefined;
  }
}
