import { createRequire } from "node:module";
import { expect, test, vi } from "vitest";
import { defaultCredential } from "../src/default-credential.ts";

// ES modules leave no trace, so each is known by a CommonJS module that nothing else here loads.
const traces = { "@azure/storage-blob": "https-proxy-agent", "@azure/identity": "jsonwebtoken" };

const loaded = (): string[] => {
  const files = Object.keys(createRequire(import.meta.url).cache);
  return Object.entries(traces).flatMap(([name, trace]) =>
    files.some((file) => file.includes(`/node_modules/${trace}/`)) ? [name] : [],
  );
};

test("the Azure SDK is loaded with the first call, and @azure/identity only where no credentials were given", async () => {
  const { AzureStorage } = await import("../src/index.ts");
  await using storage = new AzureStorage({
    container: "usage",
    endpoint: "http://127.0.0.1:1",
    accountName: "account",
    accountKey: "a2V5",
    maxAttempts: 1,
  });
  expect(loaded()).toEqual([]);
  await storage.get("key").catch(() => {});
  expect(loaded()).toEqual(["@azure/storage-blob"]);
  await using another = new AzureStorage({
    container: "usage",
    endpoint: "https://127.0.0.1:1",
    maxAttempts: 1,
    timeoutMs: 5_000,
  });
  vi.stubEnv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential");
  await another.get("key").catch(() => {});
  vi.unstubAllEnvs();
  expect(loaded()).toEqual(["@azure/storage-blob", "@azure/identity"]);
});

test("where @azure/identity is not installed, the error says how to install it", async () => {
  const absent = "@azure/not-installed";
  await expect(defaultCredential(() => import(absent)).getToken("scope")).rejects.toMatchObject({
    code: "missing-dependency",
    message: expect.stringContaining("npm install @azure/identity"),
  });
});
