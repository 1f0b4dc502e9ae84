// What an import adds to a bundle: minified and compressed (brotli, as CDNs send it), with all it needs but the vendors'
// clients, which adapters load with their first call. Raise a budget knowingly, in the change that needs it.

const clients = ["@aws-sdk/*", "@smithy/*", "ali-oss", "@alicloud/*", "@azure/*"];

const adapters = ["azure", "localfs", "oss", "s3"].map((store) => `@metering/storage-${store}`);

/** @param {import("esbuild").BuildOptions} config */
const forNode = (config) => ({ ...config, platform: "node" });

const portable = (name, folder, imported, limit) => ({
  name,
  path: `packages/${folder}/dist/index.js`,
  import: imported,
  limit,
});

const adapter = (name, folder, limit) => ({
  name,
  path: `packages/${folder}/dist/index.js`,
  import: "*",
  ignore: clients,
  modifyEsbuildConfig: forNode,
  limit,
});

export default [
  portable("core: keys", "core", "{ buildMeteringKey, parseMeteringKey }", "2 kB"),
  portable("core: exact JSON", "core", "{ parseJson, stringifyJson }", "1.5 kB"),
  portable("core: codec", "core", "{ encodeRecord, decodeMeteringPage }", "12.5 kB"),
  portable("core: everything", "core", "*", "20 kB"),
  portable("storage-kit", "storage-kit", "*", "8 kB"),
  portable("writer", "writer", "*", "24 kB"),
  portable("reader", "reader", "*", "26 kB"),
  portable("recorder", "recorder", "*", "12.5 kB"),
  adapter("spool", "spool", "22 kB"),
  portable("closing", "closing", "*", "60 kB"),
  { ...portable("otel", "otel", "*", "3 kB"), ignore: ["@opentelemetry/api"] },
  portable("storage-memory", "storage-memory", "*", "9 kB"),
  adapter("storage-localfs", "storage-localfs", "13 kB"),
  adapter("storage-s3 (without the AWS SDK)", "storage-s3", "19 kB"),
  adapter("storage-oss (without ali-oss)", "storage-oss", "20 kB"),
  adapter("storage-azure (without the Azure SDK)", "storage-azure", "17.5 kB"),
  { ...adapter("storage-uri (without the adapters)", "storage-uri", "12 kB"), ignore: adapters },
];
