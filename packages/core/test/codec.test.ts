import { gunzipSync, gzipSync } from "node:zlib";
import {
  buildMetadataKey,
  buildMeteringKey,
  decodeMetadata,
  decodeMeteringPage,
  encodeMetadata,
  sameContent,
  type JsonObject,
  type Metadata,
  type MeteringKey,
} from "@metering/core";
import { describe, expect, it } from "vitest";
import { encodeElement } from "../src/encode-element.ts";
import { createPageEncoder } from "../src/encode.ts";

const id: MeteringKey = { timestamp: 1755850380, category: "tidb-server", selfId: "tidbserver01", part: 0 };
const key = buildMeteringKey(id);

async function encode(elements: readonly JsonObject[], page = id): Promise<Uint8Array> {
  const encoder = createPageEncoder(page);
  for (const element of elements) await encoder.add(encodeElement(element, 0));
  const { jsonBytes } = encoder;
  const file = await encoder.end();
  expect(gunzipSync(file).length).toBe(jsonBytes);
  return file;
}

const gz = (json: string | Uint8Array): Uint8Array => gzipSync(json);
const body = (fields: string): Uint8Array =>
  gz(`{"timestamp":1755850380,"category":"tidb-server","self_id":"tidbserver01","part":0,${fields}}`);

describe("a metering page", () => {
  it("is written in the format, field by field", async () => {
    const file = await encode([{ id: "lc-1", ru: { value: 2n ** 64n - 1n, unit: "RU" } }, {}]);
    expect(gunzipSync(file).toString()).toBe(
      '{"timestamp":1755850380,"category":"tidb-server","self_id":"tidbserver01","part":0,"data":[{"id":"lc-1","ru":{"value":18446744073709551615,"unit":"RU"}},{}]}',
    );
    const pooled = await encode([], { ...id, sharedPoolId: 'p"1', part: 3 });
    expect(gunzipSync(pooled).toString()).toBe(
      '{"timestamp":1755850380,"category":"tidb-server","self_id":"tidbserver01","shared_pool_id":"p\\"1","part":3,"data":[]}',
    );
  });

  it("of any size is read back unchanged", async () => {
    for (const count of [0, 1, 100, 50_000]) {
      const elements = Array.from({ length: count }, (_, i) => ({
        id: `lc-${i}`,
        é: "😀".repeat(i % 7),
        ru: { value: i, unit: "RU" },
      }));
      expect((await decodeMeteringPage(key, await encode(elements))).data).toStrictEqual(elements);
    }
    const huge = [{ text: "x".repeat(5_000_000) }, { after: 1 }];
    expect((await decodeMeteringPage(key, await encode(huge))).data).toStrictEqual(huge);
  });

  it.each([
    ["not gzip", Buffer.from("not gzip at all, but long enough")],
    ["followed by garbage", Buffer.concat([body('"data":[]'), Buffer.from("garbage")])],
    ["not JSON", gz("{")],
    ["followed by garbage inside", gz('{"data":[]}x')],
    ["not UTF-8", gz(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))],
    ["a list", gz("[]")],
    ["a number", gz("5")],
    ["without data", gz("{}")],
    ["with data that is no list", body('"data":{}')],
    ["with an element that is no object", body('"data":[{},5]')],
    ["with a number beyond all numbers", body('"data":[{"a":1e400}]')],
    ["with parts that are no number", body('"data":[],"parts":"1"')],
    ["with no parts", body('"data":[],"parts":0')],
    ["with fewer digests than pages", body('"data":[],"parts":2')],
    ["with more digests than pages", body('"data":[],"parts":1,"digests":["00000000000000aa"]')],
    ["with a digest that is none", body('"data":[],"parts":2,"digests":["x"]')],
    ["nested too deeply", body(`"data":[{"a":${"[".repeat(200_000)}12345678901234567890${"]".repeat(200_000)}}]`)],
  ])("that is %s is refused as invalid, with its key", async (_, bytes) => {
    await expect(decodeMeteringPage(key, bytes)).rejects.toMatchObject({ code: "invalid-format", key });
  });

  it.each([0, 5, 30])("of which only %s bytes are stored is truncated, which is retryable", async (length) => {
    const written = body('"data":[]').subarray(0, length);
    await expect(decodeMeteringPage(key, written)).rejects.toMatchObject({
      code: "truncated-file",
      key,
      retryable: true,
    });
  });

  it.each([
    ['"timestamp":1755850440', "timestamp"],
    ['"category":"tikv-server"', "category"],
    ['"self_id":"other"', "self_id"],
    ['"part":1', "part"],
    ['"part":"0"', "part"],
    ['"timestamp":null', "timestamp"],
  ])("whose body says %s, unlike its key, is reported", async (field) => {
    await expect(decodeMeteringPage(key, body(`"data":[],${field}`))).rejects.toMatchObject({
      code: "key-mismatch",
      key,
    });
  });

  it("may have unknown fields, any order of fields, several gzip members and no data", async () => {
    const expected = { key, ...id, data: [] };
    expect(await decodeMeteringPage(key, gz('{"data":null,"new":{},"part":0}'))).toStrictEqual(expected);
    expect(await decodeMeteringPage(key, Buffer.concat([gz('{"data":'), gz("[]}")]))).toStrictEqual(expected);
  });

  it("that would decompress beyond the limit is refused before it fills the memory", async () => {
    const bomb = body(`"data":[{"zeros":"${"0".repeat(40_000_000)}"}]`);
    expect(bomb.length).toBeLessThan(50_000);
    await expect(decodeMeteringPage(key, bomb, 1_000_000)).rejects.toMatchObject({ code: "too-large", key });
  });

  it("that would need many times its size in memory is rejected before it does", async () => {
    const dense = body(`"data":[${Array(6_000_000).fill("{}").join(",")}]`);
    expect(dense.length).toBeLessThan(50_000);
    await expect(decodeMeteringPage(key, dense, 64 * 1024 * 1024)).rejects.toMatchObject({ code: "too-large", key });
  });

  it("is decoded only under a metering page's key", async () => {
    await expect(decodeMeteringPage("metering/ru/x", body('"data":[]'))).rejects.toMatchObject({
      code: "invalid-argument",
    });
  });
});

describe("metadata", () => {
  const metadata: Metadata = {
    type: "logic",
    category: "tidb-server",
    clusterId: "lc-1",
    modifyTs: 1755850000,
    metadata: { size: 2n ** 60n, zero: -0 },
  };

  it("is written in the format and read back unchanged", async () => {
    const file = await encodeMetadata(metadata);
    expect(gunzipSync(file).toString()).toBe(
      '{"cluster_id":"lc-1","type":"logic","category":"tidb-server","modify_ts":1755850000,"metadata":{"size":1152921504606846976,"zero":-0}}',
    );
    expect(await decodeMetadata(buildMetadataKey(metadata), file)).toStrictEqual({
      key: buildMetadataKey(metadata),
      ...metadata,
    });
  });

  it("whose body contradicts its key is reported", async () => {
    const other = buildMetadataKey({ ...metadata, modifyTs: 1755850001 });
    await expect(decodeMetadata(other, await encodeMetadata(metadata))).rejects.toMatchObject({
      code: "key-mismatch",
      key: other,
    });
  });

  it("that is no object is refused", async () => {
    await expect(decodeMetadata(buildMetadataKey(metadata), gz('{"metadata":[]}'))).rejects.toMatchObject({
      code: "invalid-format",
    });
  });
});

describe("two files", () => {
  it.each([
    ['{"a":1,"b":[1,{"c":"<"}]}', '{"b":[1,{"c":"\\u003c"}],"a":1}', true],
    ['{"a":12345678901234567890}', '{"a":12345678901234567890}', true],
    ['{"a":12345678901234567890}', '{"a":12345678901234567891}', false],
    ['{"a":[]}', '{"a":{}}', false],
    ['{"a":1}', '{"a":1,"b":null}', false],
    ['{"a":1,"b":1}', '{"a":1,"c":1}', false],
    ['{"a":0}', '{"a":-0}', false],
  ])("with %s and %s: the same content is %s", async (a, b, same) => {
    expect(await sameContent(key, gzipSync(a, { level: 1 }), gzipSync(b, { level: 9 }))).toBe(same);
  });
});
