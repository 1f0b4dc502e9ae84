import { deepStrictEqual } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeMetadata, decodeMeteringPage, parseMetadataKey, parseMeteringKey } from "@metering/core";
import { goTrees } from "@metering/go-sdk-fixtures";
import { describe, expect, it } from "vitest";

describe.each(goTrees)("files that the Go SDK wrote at $commit", ({ root, files }) => {
  const pages = files.filter(({ key }) => parseMeteringKey(key) !== undefined);
  const metadata = files.filter(({ key }) => parseMetadataKey(key) !== undefined);

  it("has no file whose key is neither a page's nor metadata's", () => {
    expect(pages.length + metadata.length).toBe(files.length);
  });

  it.each(pages)("$key decodes to what its manifest says", async ({ key, content }) => {
    const file = readFileSync(join(root, key));
    const page = await decodeMeteringPage(key, file);
    expect(page.manifest).toBeUndefined();
    deepStrictEqual(page.data, content["data"] ?? []);
    expect(page).toMatchObject({
      timestamp: content["timestamp"],
      category: content["category"],
      selfId: content["self_id"],
      part: content["part"],
    });
    expect(page.sharedPoolId).toBe(content["shared_pool_id"]);
  });

  it.each(metadata)("$key decodes to what its manifest says", async ({ key, content }) => {
    const version = await decodeMetadata(key, readFileSync(join(root, key)));
    expect(version).toStrictEqual({
      key,
      ...(content["type"] === undefined ? {} : { type: content["type"] }),
      ...(content["category"] === undefined ? {} : { category: content["category"] }),
      clusterId: content["cluster_id"],
      modifyTs: content["modify_ts"],
      metadata: content["metadata"],
    });
  });
});
