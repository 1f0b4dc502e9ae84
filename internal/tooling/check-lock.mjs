// `npm ci` accepts only a complete lock, and npm itself leaves optional packages out in silence where a registry lacks
// them. Also: no addresses of registries, a checksum for everything, and what the tests run on is no development dependency
// of the root, because `npm test` leaves those out.
import { readFileSync } from "node:fs";

const { packages } = JSON.parse(readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8"));
const problems = [];
for (const [path, entry] of Object.entries(packages)) {
  if (!path.startsWith("node_modules/") && !path.includes("/node_modules/")) continue;
  if (entry.link === true) continue;
  if (entry.resolved !== undefined) problems.push(`${path}: names an address`);
  if (entry.integrity === undefined) problems.push(`${path}: has no checksum`);
  for (const name of Object.keys(entry.optionalDependencies ?? {})) {
    if (!isLocked(path, name)) problems.push(`${path}: its optional ${name} is not in the lock`);
  }
}

for (const [path, { devDependencies = {} }] of Object.entries(packages)) {
  if (!path.startsWith("packages/")) continue;
  for (const name of Object.keys(devDependencies)) {
    const { dev, devOptional } = packages[`node_modules/${name}`] ?? {};
    if (dev || devOptional)
      problems.push(`${path}: ${name} is missing in the root's dependencies, so npm test lacks it`);
  }
}

/** Whether npm would find `name` from `path`: in its own node_modules or in one further up. */
function isLocked(path, name) {
  for (let folder = path; ; folder = folder.slice(0, folder.lastIndexOf("/node_modules/"))) {
    if (packages[`${folder}/node_modules/${name}`] !== undefined) return true;
    if (!folder.includes("/node_modules/")) return packages[`node_modules/${name}`] !== undefined;
  }
}

for (const problem of problems) console.error(problem);
console.log(`${Object.keys(packages).length} packages locked, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
