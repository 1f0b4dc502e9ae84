import { MeteringError } from "@metering/core";
import { readText, redactedCause } from "./redacted-cause.ts";

/** Why a package does not load, and what to do about it. */
function adviceFor(name: string, code: string, message: string): string {
  if (code.endsWith("MODULE_NOT_FOUND")) return `Install it: npm install ${name}`;
  if (code === "ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG") {
    return "Jest runs ES modules only with NODE_OPTIONS=--experimental-vm-modules. Set that, or load the CommonJS build.";
  }
  if (/dynamic require/i.test(message)) {
    return (
      "A bundle of ES modules needs a require for it. Keep the package external, or begin the bundle with: " +
      'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);'
    );
  }
  return "See the cause.";
}

/**
 * Loads a package that is needed only now, such as a store's client: `loadDependency("ali-oss", () => import("ali-oss"))`.
 * `import()` stands at the caller's, where bundlers see its name.
 *
 * @throws `missing-dependency` with what to do: install it, or how to bundle or test it.
 */
export async function loadDependency<Module>(name: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    const advice = adviceFor(name, readText(error, "code") ?? "", readText(error, "message") ?? "");
    throw new MeteringError("missing-dependency", `The package ${name} could not be loaded. ${advice}`, {
      cause: redactedCause(error),
    });
  }
}
