// Runs API Extractor on each entry of the published packages: `<package>/<entry>.api.md` holds what it exports, so that no
// change slips through. Fails where the built types say something else; --update writes the reports anew.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";
import { published, root } from "./published.mjs";

const update = process.argv.includes("--update");
const reportTempFolder = mkdtempSync(join(tmpdir(), "metering-api-"));
const compilerOptions = {
  target: "ES2022",
  lib: ["ES2023", "ESNext.Disposable"],
  module: "NodeNext",
  moduleResolution: "NodeNext",
  types: ["node"],
  strict: true,
  skipLibCheck: true,
};
const off = { logLevel: "none" };

function report({ path, folder }, { name, types }) {
  const packageJsonFullPath = join(path, "package.json");
  const config = ExtractorConfig.prepare({
    packageJsonFullPath,
    configObjectFullPath: join(path, "api-extractor.json"),
    configObject: {
      projectFolder: path,
      newlineKind: "lf",
      mainEntryPointFilePath: join(path, types),
      compiler: { overrideTsconfig: { compilerOptions, files: [types] } },
      apiReport: {
        enabled: true,
        reportFolder: path,
        reportTempFolder,
        reportFileName: name === `@metering/${folder}` ? folder : `${folder}-${basename(name)}`,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        extractorMessageReporting: { default: off },
        // typedoc checks the comments.
        tsdocMessageReporting: { default: off },
      },
    },
  });
  const { apiReportChanged } = Extractor.invoke(config, {
    localBuild: update,
    messageCallback: (message) => {
      message.handled = true;
    },
  });
  return apiReportChanged ? [config.reportFilePath] : [];
}

const changed = published.flatMap((one) => one.entries.flatMap((entry) => report(one, entry)));
rmSync(reportTempFolder, { recursive: true });
for (const path of changed)
  console.log(`${update ? "updated" : "differs from what is exported"}: ${path.slice(root.length)}`);
if (changed.length === 0) console.log("The packages export what their reports say.");
else if (!update) {
  console.log("If it is meant: npm run api -- --update, and read the difference.");
  process.exitCode = 1;
}
