import { isMeteringError, MeteringError, type ListedObject, type ObjectStorage } from "@metering/core";
import { createKeyPrefix } from "../key-prefix.ts";

/**
 * The part of a storage below a prefix, as a storage of its own: keys go in and come out relative to the prefix.
 *
 * @throws `invalid-argument` where the prefix breaks a rule (see {@link createKeyPrefix}).
 */
export function withPrefix(storage: ObjectStorage, prefix: string): ObjectStorage {
  const name = `${storage.name.replace(/\/$/, "")}/${prefix.replace(/\/+$/, "")}/`;
  const keys = createKeyPrefix(prefix, name);
  const { value } = keys;

  /** Errors name the key as the caller does. */
  const translate = (error: unknown): unknown => {
    if (!isMeteringError(error) || error.key?.startsWith(value) !== true) return error;
    const { code, message, cause } = error;
    return new MeteringError(code, message, { key: error.key.slice(value.length), storage: name, cause });
  };
  const call = async <Result>(key: string, run: (name: string) => Promise<Result>): Promise<Result> => {
    const inner = keys.toName(key);
    try {
      return await run(inner);
    } catch (error) {
      throw translate(error);
    }
  };
  return {
    name,
    id: `${storage.id.replace(/\/$/, "")}/${value}`,
    put: (key, body, options) => call(key, (inner) => storage.put(inner, body, options)),
    get: (key, options) => call(key, (inner) => storage.get(inner, options)),
    async head(key, options) {
      const info = await call(key, (inner) => storage.head(inner, options));
      return info && { ...info, key };
    },
    delete: (key, options) => call(key, (inner) => storage.delete(inner, options)),
    async *list(list, options = {}): AsyncGenerator<ListedObject, void> {
      const { startAfter, onInvalidKey } = options;
      const objects = storage.list(keys.toNamePrefix(list), {
        ...options,
        startAfter: startAfter === undefined ? undefined : value + startAfter,
        onInvalidKey: onInvalidKey && ((invalid) => onInvalidKey(invalid.slice(value.length))),
      });
      try {
        for await (const object of objects) yield { ...object, key: object.key.slice(value.length) };
      } catch (error) {
        throw translate(error);
      }
    },
    close: () => storage.close(),
    [Symbol.asyncDispose]: () => storage[Symbol.asyncDispose](),
  };
}
