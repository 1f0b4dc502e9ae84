import nodeFs from "node:fs";
import type { FileSystem } from "@metering/storage-localfs";

type Name = keyof FileSystem;

/** One call to the file system; `path` is that of the file also where the call takes a descriptor. */
export interface FsCall {
  readonly name: Name;
  readonly path: string;
}

export interface WatchedFs {
  readonly fs: FileSystem;
  readonly calls: FsCall[];
  /** Most files open at the same time. */
  readonly mostOpen: () => number;
  /** Files open now. */
  readonly open: () => number;
}

/** The file system `inner`, with a record of what is asked of it, failing with a system's code where `fail` says so. */
export function watchFs(
  fail: (call: FsCall) => string | undefined = () => undefined,
  inner: FileSystem = nodeFs,
): WatchedFs {
  const calls: FsCall[] = [];
  const paths = new Map<number, string>();
  let mostOpen = 0;

  const watched = (target: FileSystem, name: string | symbol): unknown => {
    const value: unknown = Reflect.get(target, name);
    if (typeof value !== "function" || typeof name !== "string" || !(name in nodeFs)) return value;
    return (first: string | number, ...rest: unknown[]): void => {
      const path = typeof first === "number" ? (paths.get(first) ?? "") : first;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only what FileSystem names is ever called
      const call = { name: name as Name, path };
      calls.push(call);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Node's convention
      const done = rest.pop() as (error: Error | null, result?: unknown) => void;
      const code = fail(call);
      if (code !== undefined) {
        setImmediate(done, Object.assign(new Error(`${code}: planned, ${name} '${path}'`), { code, syscall: name }));
        return;
      }
      Reflect.apply(value, target, [
        first,
        ...rest,
        (error: Error | null, result?: unknown) => {
          if (name === "open" && typeof result === "number") paths.set(result, path);
          if (name === "close" && typeof first === "number") paths.delete(first);
          mostOpen = Math.max(mostOpen, paths.size);
          done(error, result);
        },
      ]);
    };
  };
  return { fs: new Proxy(inner, { get: watched }), calls, mostOpen: () => mostOpen, open: () => paths.size };
}
