import { loadDependency } from "@metering/storage-kit";
import { describe, expect, test } from "vitest";

describe("a package that a call needs", () => {
  test("is loaded", async () => {
    expect(await loadDependency("node:path", () => import("node:path"))).toHaveProperty("join");
  });

  test("is named with its install command if it is not installed", async () => {
    const name = "a-package-that-nobody-has";
    await expect(loadDependency(name, () => import(name))).rejects.toMatchObject({
      code: "missing-dependency",
      message: expect.stringContaining(`npm install ${name}`),
      retryable: false,
    });
  });

  test.each([
    ["a bundle of ES modules", new Error('Dynamic require of "http" is not supported'), "createRequire"],
    [
      "Jest without its option for ES modules",
      Object.assign(new TypeError("A dynamic import callback was not specified"), {
        code: "ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG",
      }),
      "--experimental-vm-modules",
    ],
    // An error of another realm is no instance of this one's `Error`.
    ["anything else", { name: "SyntaxError", message: "Unexpected token" }, "cause"],
  ])("that cannot load in %s says what to do", async (_, error, advice) => {
    await expect(loadDependency("ali-oss", () => Promise.reject(error))).rejects.toMatchObject({
      code: "missing-dependency",
      message: expect.stringContaining(advice),
    });
  });
});
