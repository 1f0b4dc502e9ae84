// What may import what. A package crosses to another by its name only, and only along the arrows of the design:
// the kit stands on core, adapters, writer and reader stand on both, and nothing of ours stands on an adapter.

const published = "(core|storage-kit|storage-localfs|storage-s3|storage-oss|storage-contract|writer|reader)";

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
      severity: "error",
      from: { path: `^packages/${published}/src` },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only", "npm-peer"] },
    },
    {
      name: "packages-by-name",
      comment: "No relative path leads from one package into another.",
      severity: "error",
      from: { path: "^(packages|internal|examples)/([^/]+)/" },
      to: { path: "^(packages|internal|examples)/", pathNot: "^$1/$2/", dependencyTypes: ["local"] },
    },
    {
      name: "core-stands-alone",
      severity: "error",
      from: { path: "^packages/core/src" },
      to: { path: "^(packages|internal)/", pathNot: "^packages/core/" },
    },
    {
      name: "only-core-and-kit-below",
      comment: "Adapters, writer, reader and the contract import core and the kit, and nothing else of ours.",
      severity: "error",
      from: { path: `^packages/${published}/src` },
      to: { path: "^packages/([^/]+)/", pathNot: ["^packages/(core|storage-kit)/", "^packages/$1/"] },
    },
    {
      name: "portable-without-node",
      comment: "Core, kit, writer and reader run anywhere. What is for Node alone has a file of its own.",
      severity: "error",
      from: {
        path: "^packages/(core|storage-kit|writer|reader)/src",
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
