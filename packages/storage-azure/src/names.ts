/** Why Azure would store the name differently: https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata */
export function nameProblem(name: string): string | undefined {
  if (name.includes("\\")) return "has a backslash, which Azure turns into a slash";
  if (/\.(\/|$)/.test(name)) return "has a segment that ends with a dot, which Azure drops";
  return undefined;
}
