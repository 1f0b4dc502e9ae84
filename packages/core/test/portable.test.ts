import { join } from "node:path";
import { createContext, Script } from "node:vm";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";

// A bundle as a browser or an edge runtime gets it, in a realm that has nothing of Node, only what the Web has.
const program = `
import * as core from "@metering/core";
globalThis.run = async (goFile) => {
  const id = { timestamp: 1755850380, category: "tidb-server", selfId: "tidb01", part: 0 };
  const key = core.buildMeteringKey(id);
  const data = [{ id: "lc-1", ru: { value: 2n ** 64n - 1n, unit: "RU" } }];
  const { value: page } = await core.encodeRecord({ ...id, data }, { pageSizeBytes: 1000 }).next();
  const decoded = await core.decodeMeteringPage(key, await page.compress());
  const fromGo = await core.decodeMeteringPage(key, goFile);
  const refused = await core.decodeMeteringPage(key, goFile.subarray(0, 30)).catch((error) => error.code);
  return {
    parsed: core.parseMeteringKey(key)?.selfId,
    value: decoded.data[0].ru.value.toString(),
    goValue: fromGo.data[0].ru.value.toString(),
    refused,
    node: typeof process + typeof Buffer,
  };
};`;

describe("core on a runtime without Node", () => {
  let bundle: string;

  beforeAll(async () => {
    const { outputFiles } = await build({
      stdin: { contents: program, resolveDir: join(import.meta.dirname, "..") },
      bundle: true,
      write: false,
      platform: "browser",
      format: "iife",
      conditions: ["@metering/source"],
    });
    bundle = outputFiles[0]?.text ?? "";
  });

  it("bundles for a browser, without Node's zlib", () => {
    expect(bundle).not.toMatch(/["']node:/);
    expect(bundle).toContain("invalid gzip data");
  });

  it("has the same keys, codec and refusals", async () => {
    const web = { TextEncoder, TextDecoder, Uint8Array, Uint32Array, ArrayBuffer, DataView, Promise, Error };
    const context = createContext({ ...web });
    new Script(bundle).runInContext(context);
    const goFile = new Uint8Array(gzipSync('{"data":[{"ru":{"unit":"RU","value":9007199254740993}}]}'));
    const run: unknown = context["run"];
    if (typeof run !== "function") throw new Error("the bundle did not run");
    expect({ ...(await run(goFile)) }).toStrictEqual({
      parsed: "tidb01",
      value: "18446744073709551615",
      goValue: "9007199254740993",
      refused: "truncated-file",
      node: "undefinedundefined",
    });
  });
});
