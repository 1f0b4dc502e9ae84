import { readFileSync } from "node:fs";
import type { S3Storage } from "@metering/storage-s3";
import { expect, test } from "vitest";
import { bytes } from "../test/store.ts";
import { createBucket, createRole, gateway, openStorage } from "./gateway.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

/** The policy under a heading of the README, for another bucket. */
function policyOf(heading: string, bucket: string): string {
  const [, policy] = new RegExp(`### ${heading}\\n[^#]*?\`\`\`json\\n([^\`]*)\`\`\``).exec(readme) ?? [];
  if (policy === undefined) throw new Error(`The README has no policy under "${heading}".`);
  return policy.replaceAll("usage-bucket", bucket);
}

async function openWith(heading: string): Promise<{ limited: S3Storage; outside: S3Storage }> {
  const bucket = await createBucket();
  const roleArn = await createRole(policyOf(heading, bucket));
  const assumeRole = { roleArn, stsEndpoint: gateway.endpoint };
  for (const prefix of ["team-a", "team-b"]) await openStorage({ bucket, prefix }).put("a/key", bytes("body"));
  return {
    limited: openStorage({ bucket, prefix: "team-a", assumeRole }),
    outside: openStorage({ bucket, prefix: "team-b", assumeRole }),
  };
}

const denied = { code: "permission-denied" };

test("the README's writer policy allows writing and nothing else", async () => {
  const { limited, outside } = await openWith("Writer");
  await limited.put("key", bytes("body"), { ifAbsent: true });
  await expect(limited.put("key", bytes("body"), { ifAbsent: true })).rejects.toMatchObject({ code: "already-exists" });
  await limited.put("key", bytes("again"));
  expect((await limited.get("key")).byteLength).toBe(5);
  expect(await limited.head("nothing")).toBeUndefined();
  await expect(limited.delete("key")).rejects.toMatchObject(denied);
  await expect(outside.put("key", bytes("body"))).rejects.toMatchObject(denied);
});

test("the README's reader policy allows reading and nothing else", async () => {
  const { limited, outside } = await openWith("Reader");
  expect((await limited.get("a/key")).byteLength).toBe(4);
  expect(await limited.head("nothing")).toBeUndefined();
  const keys = [];
  for await (const { key } of limited.list("")) keys.push(key);
  expect(keys).toEqual(["a/key"]);
  await expect(limited.put("b/key", bytes("body"))).rejects.toMatchObject(denied);
  await expect(limited.delete("a/key")).rejects.toMatchObject(denied);
  await expect(outside.get("a/key")).rejects.toMatchObject(denied);
});
