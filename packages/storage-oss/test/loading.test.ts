import { createRequire } from "node:module";
import { expect, test } from "vitest";

const loaded = (): string[] => {
  const { cache } = createRequire(import.meta.url);
  return ["ali-oss", "@alicloud/credentials"].filter((name) =>
    Object.keys(cache).some((file) => file.includes(`/node_modules/${name}/`)),
  );
};

test("ali-oss and the credentials library are loaded on the first call that needs them, not before", async () => {
  const { OssStorage } = await import("../src/index.ts");
  const credentials = { accessKeyId: "id", accessKeySecret: "secret" };
  const settings = { bucket: "usage", region: "cn-hangzhou", endpoint: "http://127.0.0.1:1", maxAttempts: 1 };
  await using storage = new OssStorage({ ...settings, credentials });
  expect(loaded()).toEqual([]);
  await storage.get("key").catch(() => {});
  expect(loaded()).toEqual(["ali-oss"]);
});
