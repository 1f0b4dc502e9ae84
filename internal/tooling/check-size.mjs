// What an import adds to a bundle: minified and compressed (brotli, as CDNs send it), with all it needs but the vendors'
// clients, which adapters load with their first call. Each has a budget: raise one knowingly, in the change that needs it.
// What may run at the edge must be more than its validation library.
import { readFileSync } from "node:fs";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { check, conclude } from "./checks.mjs";
import { root } from "./published.mjs";

const budgets = [
  { what: "keys", code: 'export { buildMeteringKey, parseMeteringKey } from "@metering/core"', kB: 2 },
  { what: "exact JSON", code: 'export { parseJson, stringifyJson } from "@metering/core"', kB: 1.5 },
  { what: "codec", code: 'export { createPageEncoder, decodeMeteringPage } from "@metering/core"', kB: 9 },
  { what: "all of core", code: 'export * from "@metering/core"', kB: 19 },
  { what: "all of the kit", code: 'export * from "@metering/storage-kit"', kB: 19 },
  { what: "writer", code: 'export * from "@metering/writer"', kB: 19 },
  { what: "reader", code: 'export * from "@metering/reader"', kB: 23 },
  { what: "localfs", code: 'export * from "@metering/storage-localfs"', kB: 13, platform: "node" },
  { what: "S3 (without the AWS SDK)", code: 'export * from "@metering/storage-s3"', kB: 16, platform: "node" },
  { what: "OSS (without ali-oss)", code: 'export * from "@metering/storage-oss"', kB: 18, platform: "node" },
];

const kB = (bytes) => bytes / 1000;

for (const { what, code, kB: budget, platform = "browser" } of budgets) {
  await check(what, async () => {
    const { outputFiles, metafile } = await build({
      stdin: { contents: code, resolveDir: `${root}internal/tooling` },
      bundle: true,
      minify: true,
      format: "esm",
      platform,
      external: ["@aws-sdk/*", "@smithy/*", "ali-oss", "@alicloud/*"],
      metafile: true,
      write: false,
    });
    const [{ contents }] = outputFiles;
    const [{ inputs }] = Object.values(metafile.outputs);
    const zod = Object.entries(inputs)
      .filter(([path]) => path.includes("node_modules/zod/"))
      .reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0);
    const share = zod / contents.length;
    const size = kB(brotliCompressSync(contents).length);
    const note = `${size.toFixed(1)} of ${budget} kB; ${kB(contents.length).toFixed(1)} kB minified, zod ${Math.round(share * 100)} %`;
    if (size > budget) throw new Error(`over its budget: ${note}`);
    if (platform === "browser" && share > 0.5) throw new Error(`mostly zod: ${note}`);
    return note;
  });
}
await check("the README's budgets are these", () => {
  const readme = readFileSync(`${root}README.md`, "utf8").replaceAll(/\s+/g, " ");
  const absent = budgets
    .filter(({ platform }) => platform === undefined)
    .map(({ what, kB: budget }) => `${what} ${budget} kB`)
    .filter((text) => !readme.includes(text));
  if (absent.length > 0) throw new Error(`not in it: ${absent.join(", ")}`);
});
conclude();
