import { ContainerSASPermissions, generateBlobSASQueryParameters } from "@azure/storage-blob";
import { isMeteringError } from "@metering/core";
import { startProxy } from "@metering/s3-test-server";
import type { AzureStorage } from "@metering/storage-azure";
import { expect, test } from "vitest";
import { bytes, collect, rejection, textOf } from "../test/open.ts";
import { azurite, createContainer, openStorage, sharedKey } from "./azurite.ts";

const ifAbsent = true;

async function open(): Promise<AzureStorage> {
  return openStorage({ container: (await createContainer()).containerName });
}

/** A storage that may do what the letters of a shared access signature say, and nothing else. */
function openWith(container: string, letters: string): AzureStorage {
  const permissions = ContainerSASPermissions.parse(letters);
  const expiresOn = new Date(Date.now() + 3_600_000);
  const sas = generateBlobSASQueryParameters({ containerName: container, permissions, expiresOn }, sharedKey);
  return openStorage({ container, accountName: undefined, accountKey: undefined, sasToken: sas.toString() });
}

test("exactly one of 20 concurrent writers wins, in each of 10 rounds", async () => {
  const container = (await createContainer()).containerName;
  const [first, second] = [openStorage({ container }), openStorage({ container })];
  for (let round = 0; round < 10; round++) {
    const puts = Array.from({ length: 20 }, (_, i) =>
      (i % 2 === 0 ? first : second).put(`round/${round}`, bytes(`writer ${i}`), { ifAbsent }),
    );
    const results = await Promise.allSettled(puts);
    const winners = results.flatMap(({ status }, i) => (status === "fulfilled" ? [`writer ${i}`] : []));
    expect(winners).toHaveLength(1);
    for (const result of results) {
      if (result.status === "rejected") expect(isMeteringError(result.reason, "already-exists")).toBe(true);
    }
    expect(textOf(await first.get(`round/${round}`))).toBe(winners[0]);
  }
});

test("an answer lost after Azurite stored the object is success, not already-exists", async () => {
  const container = (await createContainer()).containerName;
  await using proxy = await startProxy({ target: azurite.endpoint });
  const storage = openStorage({ container, endpoint: proxy.endpoint + new URL(azurite.endpoint).pathname });
  await storage.put("proof", bytes("proof"), { ifAbsent });
  for (const lost of [1, 2, 3]) {
    const before = proxy.count("PUT");
    proxy.loseAnswers("PUT", lost);
    const { etag } = await storage.put(`key/${lost}`, bytes("body"), { ifAbsent });
    expect(proxy.count("PUT") - before).toBe(lost + 1);
    expect(etag).toBe((await storage.head(`key/${lost}`))?.etag);
  }
});

test("a missing container and a missing object are told apart, and a wrong key from both", async () => {
  const here = await open();
  const nowhere = openStorage({ container: "no-such-container" });
  expect((await rejection(here.get("key"))).code).toBe("not-found");
  expect(await here.head("key")).toBeUndefined();
  await here.delete("key");
  expect((await rejection(nowhere.put("key", bytes("body")))).code).toBe("bucket-not-found");
  expect((await rejection(nowhere.get("key"))).code).toBe("bucket-not-found");
  expect((await rejection(nowhere.head("key"))).code).toBe("bucket-not-found");
  expect((await rejection(nowhere.delete("key"))).code).toBe("bucket-not-found");
  expect((await rejection(collect(nowhere.list("")))).code).toBe("bucket-not-found");
  const wrong = openStorage({ container: "usage", accountKey: "d3Jvbmc=" });
  // Azurite says AuthorizationFailure, and Azure AuthenticationFailed.
  expect((await rejection(wrong.get("key"))).code).toMatch(/^(permission-denied|unauthenticated)$/);
});

test("the README's rights of a reader and of a writer are enough, and for nothing else", async () => {
  const { containerName } = await createContainer();
  const writer = openWith(containerName, "rcwl");
  await writer.put("key", bytes("body"), { ifAbsent });
  expect((await rejection(writer.put("key", bytes("2"), { ifAbsent }))).code).toBe("already-exists");
  await writer.put("key", bytes("again"));
  expect((await rejection(writer.delete("key"))).code).toBe("permission-denied");
  const reader = openWith(containerName, "rl");
  expect(textOf(await reader.get("key"))).toBe("again");
  expect(await collect(reader.list(""))).toHaveLength(1);
  expect((await rejection(reader.put("new", bytes("body")))).code).toBe("permission-denied");
});

test("objects are kept as the Go SDK keeps them: the same name, type and no encoding", async () => {
  const container = await createContainer();
  const storage = openStorage({ container: container.containerName, prefix: "team" });
  await storage.put("metering/ru/1755850380/tidb-server/server_01-0.json.gz", bytes("body"), { ifAbsent });
  const blob = container.getBlobClient("team/metering/ru/1755850380/tidb-server/server_01-0.json.gz");
  const { contentType, contentEncoding, blobType } = await blob.getProperties();
  expect({ contentType, contentEncoding, blobType }).toEqual({
    contentType: "application/octet-stream",
    contentEncoding: undefined,
    blobType: "BlockBlob",
  });
});

test("Azurite keeps a key with a backslash as another, which is why the storage refuses it", async () => {
  const container = await createContainer();
  await container.getBlockBlobClient("a\\b").upload("x", 1);
  const storage = openStorage({ container: container.containerName });
  expect((await collect(storage.list(""))).map(({ key }) => key)).toEqual(["a/b"]);
  expect((await rejection(storage.put("a\\b", bytes("x")))).code).toBe("invalid-key");
});
