import { readFileSync } from "node:fs";
import { LocalFsStorage, type LocalFsStorageOptions } from "@metering/storage-localfs";
import { memfs } from "memfs";
import { expect, test } from "vitest";

const examples: Required<{ [Name in keyof LocalFsStorageOptions]: unknown }> = {
  basePath: "x",
  prefix: "a",
  createDirs: true,
  fileMode: 0o644,
  dirMode: 0o755,
  fs: memfs().fs,
};

test("the README's table lists exactly the options that exist", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const table = readme.slice(readme.indexOf("## Options"), readme.indexOf("## Guarantees"));
  const named = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, name = ""]) => name);
  expect(named).toEqual(Object.keys(examples));
  expect(Reflect.construct(LocalFsStorage, [examples])).toBeInstanceOf(LocalFsStorage);
});
