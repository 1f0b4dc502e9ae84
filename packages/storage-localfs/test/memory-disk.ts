import type { FileSystem } from "@metering/storage-localfs";
import { memfs } from "memfs";

/** A new file system in memory with an empty folder, `/data`. */
export function createMemoryDisk(): FileSystem {
  const { fs } = memfs({ "/data": null });
  const rename: FileSystem["rename"] = (from, to, done) => {
    // memfs renames a file over a folder and loses what is in it; every file system refuses that.
    fs.lstat(to, (_, stats) => {
      if (stats?.isDirectory() === true) done(Object.assign(new Error(`EISDIR: ${to}`), { code: "EISDIR" }));
      else fs.rename(from, to, done);
    });
  };
  return new Proxy(fs, {
    get: (target, name): unknown => (name === "rename" ? rename : Reflect.get(target, name)),
  });
}
