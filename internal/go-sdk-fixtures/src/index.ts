import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;

/** A JSON object with big integers as bigints. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** One storage root that the Go SDK wrote. */
export interface GoTree {
  readonly commit: string;
  /** Path of the folder. */
  readonly root: string;
  readonly files: readonly GoFile[];
}

/** One file in it, with what it holds. */
export interface GoFile {
  readonly key: string;
  readonly content: JsonObject;
}

interface Manifest {
  readonly files: readonly {
    readonly path: string;
    readonly decoded: JsonObject;
    readonly big_integers?: readonly string[];
  }[];
}

/** All trees, the newest layout last. */
export const goTrees: readonly GoTree[] = ["39f34e0", "219eacc", "14fead7"].map((commit) => {
  const root = new URL(`../${commit}/`, import.meta.url);
  const manifest: Manifest = JSON.parse(readFileSync(new URL("manifest.json", root), "utf8"));
  return {
    commit,
    root: fileURLToPath(root),
    files: manifest.files.map(({ path, decoded, big_integers: bigIntegers = [] }) => ({
      key: path,
      content: withBigIntegers(decoded, new Set(bigIntegers)),
    })),
  };
});

function withBigIntegers(content: JsonObject, pointers: ReadonlySet<string>): JsonObject {
  // oxlint-disable typescript/no-unsafe-type-assertion -- what the pointers say of the manifest
  const restore = (value: JsonValue, pointer: string): JsonValue => {
    if (pointers.has(pointer)) return BigInt(value as string);
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map((item, index) => restore(item, `${pointer}/${index}`));
    return restoreObject(value as JsonObject, pointer);
  };
  const restoreObject = (object: JsonObject, pointer: string): JsonObject =>
    // fromEntries, unlike assignment, takes a key named __proto__ as any other.
    Object.fromEntries(
      Object.entries(object).map(([name, value]) => [
        name,
        restore(value, `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`),
      ]),
    );
  return restoreObject(content, "");
}
