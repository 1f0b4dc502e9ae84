// What may import what. Each project says its layer in the tags of its project.json; `nx graph` shows them.
const { existsSync, readdirSync, readFileSync } = require("node:fs");

/** Layers that the source of a published package may import, beside its own package. */
const allowed = {
  core: [],
  kit: ["core"],
  adapter: ["core", "kit"],
  client: ["core", "kit"],
  service: ["core", "kit", "client"],
  contract: ["core", "kit"],
  telemetry: ["core", "kit"],
  address: ["core", "kit", "adapter"],
  command: ["core", "kit", "client", "service", "address"],
};

const folders = readdirSync("packages").filter((folder) => existsSync(`packages/${folder}/project.json`));
const layerOf = Object.fromEntries(
  folders.map((folder) => {
    const { tags } = JSON.parse(readFileSync(`packages/${folder}/project.json`, "utf8"));
    return [folder, tags.find((tag) => tag.startsWith("layer:")).slice("layer:".length)];
  }),
);
/** Development dependencies that become part of a package when it is built. */
const bundled = "(^internal/schema|node_modules/(zod|hyparquet|hyparquet-writer|string-width))/";

const published = `(${folders.join("|")})`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "only-declared-dependencies",
      comment: "What a package imports, its own package.json names.",
      severity: "error",
      from: { path: "^(packages|internal)/[^/]+/src" },
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown", "unknown"], pathNot: "^vitest" },
    },
    {
      name: "no-development-dependencies-in-source",
      comment: "But for what the build bundles: zod, our helpers for schemas, and the Parquet library of closing.",
      severity: "error",
      from: { path: `^packages/${published}/src` },
      to: {
        pathNot: bundled,
        dependencyTypes: ["npm-dev"],
        dependencyTypesNot: ["type-only", "npm-peer"],
      },
    },
    {
      name: "packages-by-name",
      comment: "No relative path leads from one package into another.",
      severity: "error",
      from: { path: "^(packages|internal|examples)/([^/]+)/" },
      to: { path: "^(packages|internal|examples)/", pathNot: "^$1/$2/", dependencyTypes: ["local"] },
    },
    ...folders.map((folder) => {
      const layers = allowed[layerOf[folder]];
      const others = folders.filter((other) => layers.includes(layerOf[other]));
      return {
        name: `layers-of-${folder}`,
        comment: `Layer ${layerOf[folder]} imports ${layers.length === 0 ? "nothing of ours" : layers.join(" and ")}.`,
        severity: "error",
        from: { path: `^packages/${folder}/src` },
        to: { path: "^(packages|internal)/", pathNot: [`^packages/(${[folder, ...others].join("|")})/`, bundled] },
      };
    }),
    {
      name: "adapters-when-asked-for",
      comment: "An address names its adapter, and only that one is loaded.",
      severity: "error",
      from: { path: `^packages/(${folders.filter((folder) => layerOf[folder] === "address").join("|")})/src` },
      to: {
        path: `^packages/(${folders.filter((folder) => layerOf[folder] === "adapter").join("|")})/`,
        dynamic: false,
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "portable-without-node",
      comment:
        "Core, kit, storage-memory, writer and reader run anywhere. What is for Node alone has a file of its own.",
      severity: "error",
      from: {
        path: `^packages/(${folders.filter((folder) => ["core", "kit", "client"].includes(layerOf[folder]) || folder === "storage-memory").join("|")})/src`,
        pathNot: ["gzip-node[.]ts$", "disk-cache[.]ts$"],
      },
      to: { dependencyTypes: ["core"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "(^|/)(dist|fixtures)/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      conditionNames: ["@metering/source", "import", "node", "default"],
      exportsFields: ["exports"],
      extensions: [".ts", ".mjs", ".js", ".cjs"],
    },
    combinedDependencies: false,
  },
};
