import { isMeteringError } from "@metering/core";
import { startProxy } from "@metering/s3-test-server";
import { expect, test } from "vitest";
import { bytes, text } from "../test/store.ts";
import { createBucket, gateway, openStorage } from "./gateway.ts";

const ifAbsent = true;

test("exactly one of 50 concurrent writers wins, in each of 20 rounds", async () => {
  const bucket = await createBucket();
  const [first, second] = [openStorage({ bucket }), openStorage({ bucket })];
  for (let round = 0; round < 20; round++) {
    const puts = Array.from({ length: 50 }, (_, i) =>
      (i % 2 === 0 ? first : second).put(`round/${round}`, bytes(`writer ${i}`), { ifAbsent }),
    );
    const results = await Promise.allSettled(puts);
    const winners = results.flatMap(({ status }, i) => (status === "fulfilled" ? [`writer ${i}`] : []));
    expect(winners).toHaveLength(1);
    for (const result of results) {
      if (result.status === "rejected") expect(isMeteringError(result.reason, "already-exists")).toBe(true);
    }
    expect(text(await first.get(`round/${round}`))).toBe(winners[0]);
  }
});

test("a response lost after the real server stored the object is success, not already-exists", async () => {
  const bucket = await createBucket();
  await using proxy = await startProxy({ target: gateway.endpoint });
  const storage = openStorage({ bucket, endpoint: proxy.endpoint });
  await storage.put("proof", bytes("proof"), { ifAbsent });
  for (const lost of [1, 2, 3]) {
    const before = proxy.count("PUT");
    proxy.loseAnswers("PUT", lost);
    const { etag } = await storage.put(`key/${lost}`, bytes("body"), { ifAbsent });
    expect(proxy.count("PUT") - before).toBe(lost + 1);
    expect(etag).toBe((await storage.head(`key/${lost}`))?.etag);
  }
});

test("of two writers whose responses are both lost, one wins and the other gets already-exists", async () => {
  const bucket = await createBucket();
  await using proxy = await startProxy({ target: gateway.endpoint });
  const storages = [
    openStorage({ bucket, endpoint: proxy.endpoint }),
    openStorage({ bucket, endpoint: proxy.endpoint }),
  ];
  await Promise.all(storages.map((storage, i) => storage.put(`proof/${i}`, bytes("proof"), { ifAbsent })));
  for (let round = 0; round < 10; round++) {
    proxy.loseAnswers("PUT", 2);
    const results = await Promise.allSettled(
      storages.map((storage, i) => storage.put(`round/${round}`, bytes(`writer ${i}`), { ifAbsent })),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const winner = results.findIndex(({ status }) => status === "fulfilled");
    expect(text(await openStorage({ bucket }).get(`round/${round}`))).toBe(`writer ${winner}`);
  }
});
