// The packages that are published, and their entries: what the checks of packaging and documentation go through.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));

/** Manifest, folder and entries (`{ name, source, types }`) of each published package. */
export const published = readdirSync(join(root, "packages"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name: folder }) => {
    const path = join(root, "packages", folder);
    const manifest = readManifest(path);
    const entries = Object.entries(manifest?.exports ?? {})
      .filter(([subpath]) => subpath !== "./package.json")
      .map(([subpath, conditions]) => ({
        name: manifest.name + subpath.slice(1),
        source: conditions["@metering/source"],
        types: conditions.import?.types,
      }));
    return { ...manifest, folder, path, entries };
  })
  .filter((manifest) => manifest.name !== undefined && manifest.private !== true);

// A folder without one is what another branch left behind (its dist or node_modules).
function readManifest(path) {
  try {
    return JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
  } catch {
    return undefined;
  }
}
