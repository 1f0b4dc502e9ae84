import { stringifyJson, type JsonObject, type JsonValue } from "@metering/core";

/** Something that one version has and another has not, or has otherwise. */
export interface Difference {
  readonly change: "added" | "removed" | "changed";
  /** JSON Pointer (RFC 6901), such as `/owner/name`. */
  readonly path: string;
  readonly before?: JsonValue | undefined;
  readonly after?: JsonValue | undefined;
}

/** What is different in the later version, by path. Lists are compared place by place. */
export function* differences(before: JsonObject, after: JsonObject, path = ""): Generator<Difference, void, undefined> {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  for (const name of [...names].sort()) {
    const at = `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    const now = Object.hasOwn(after, name) ? after[name] : undefined;
    if (old === undefined) yield { change: "added", path: at, after: now };
    else if (now === undefined) yield { change: "removed", path: at, before: old };
    else yield* differencesOf(old, now, at);
  }
}

function* differencesOf(before: JsonValue, after: JsonValue, path: string): Generator<Difference, void, undefined> {
  const [old, now] = [fieldsOf(before), fieldsOf(after)];
  const areAlike = Array.isArray(before) === Array.isArray(after);
  if (old !== undefined && now !== undefined && areAlike) yield* differences(old, now, path);
  else if (stringifyJson(before) !== stringifyJson(after)) yield { change: "changed", path, before, after };
}

/** The properties of an object, or the items of a list by their places. */
function fieldsOf(value: JsonValue): JsonObject | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.fromEntries(Object.entries(value));
}
