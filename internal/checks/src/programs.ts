// Programs as users write them, in each module system: they write and read, then print "ok".

interface Import {
  readonly from: string;
  readonly names: readonly string[];
}

const writeAndRead = `
const storage = new LocalFsStorage({ basePath: process.argv[2] });
const data = [{ logical_cluster_id: "lc-1", stored: { value: 18446744073709551615n, unit: "bytes" } }];
const record = { timestamp: toMinute(new Date("2025-08-22T08:13:00Z")), category: "tidb-server", selfId: newSelfId("tidb01"), data };
await new MeteringWriter(storage).write(record);
const found = [];
for await (const { element } of new MeteringReader(storage).scan({ from: 1755850380, to: 1755850440 }).entries()) found.push(element);
if (!found.some(({ stored }) => stored.value === 18446744073709551615n)) throw new Error("not what was written");
const refused = await new MeteringWriter(storage).write(record).catch((error) => error);
if (!isMeteringError(refused, "already-exists")) throw refused;
await storage.close();
`;

// Nobody listens on port 1, so each client is loaded, sends, and says that it was refused.
const askRemoteStores = `
async function expectRefusal(remote) {
  const error = await remote.get("metering/x").catch((error) => error);
  await remote.close();
  if (!isMeteringError(error, "unavailable")) throw error;
}
const endpoint = "http://127.0.0.1:1";
const bucket = "usage";
const s3Keys = { accessKeyId: "id", secretAccessKey: "secret-key" };
await expectRefusal(new S3Storage({ bucket, endpoint, region: "eu-west-1", credentials: s3Keys, maxAttempts: 1 }));
const azureKey = { accountName: "account", accountKey: "c2VjcmV0LWtleQ==" };
await expectRefusal(new AzureStorage({ container: bucket, endpoint, ...azureKey, maxAttempts: 1 }));
const ossKeys = { accessKeyId: "id", accessKeySecret: "secret-key" };
await expectRefusal(new OssStorage({ bucket, endpoint, region: "cn-hangzhou", credentials: ossKeys, maxAttempts: 1 }));
const azureKeys = { accountName: "account", accountKey: "c2VjcmV0LWtleQ==" };
await expectRefusal(new AzureStorage({ container: bucket, endpoint, ...azureKeys, maxAttempts: 1 }));
`;

const local: readonly Import[] = [
  { from: "@metering/reader", names: ["MeteringReader"] },
  { from: "@metering/storage-localfs", names: ["LocalFsStorage"] },
  { from: "@metering/writer", names: ["isMeteringError", "MeteringWriter", "newSelfId", "toMinute"] },
];
const remote: readonly Import[] = [
  { from: "@metering/storage-azure", names: ["AzureStorage"] },
  { from: "@metering/storage-oss", names: ["OssStorage"] },
  { from: "@metering/storage-s3", names: ["S3Storage"] },
];

const esm = (imports: readonly Import[]): string =>
  imports.map(({ from, names }) => `import { ${names.join(", ")} } from "${from}";`).join("\n");
const commonJs = (imports: readonly Import[]): string =>
  imports.map(({ from, names }) => `const { ${names.join(", ")} } = require("${from}");`).join("\n");

/** Writes and reads in the folder given to it. */
export const localPrograms: Readonly<Record<string, string>> = {
  "app.mjs": `${esm(local)}${writeAndRead}console.log("ok");`,
  "app.cjs": `${commonJs(local)}\n(async () => {${writeAndRead}console.log("ok");})();`,
};

/** The same, and asks every remote store. */
export const allPrograms: Readonly<Record<string, string>> = {
  "app.mjs": `${esm([...local, ...remote])}${writeAndRead}${askRemoteStores}console.log("ok");`,
  "app.cjs": `${commonJs([...local, ...remote])}\n(async () => {${writeAndRead}${askRemoteStores}console.log("ok");})();`,
};

/** The same as Jest's tests. `folder` is what they write into. */
export const jestPrograms = (folder: string): Readonly<Record<string, string>> => {
  const body = `test("works", async () => {
const process = { argv: ["", "", ${JSON.stringify(folder)}] };${writeAndRead}${askRemoteStores}});`;
  return {
    "app.test.mjs": `${esm([...local, ...remote])}\n${body}`,
    "app.test.cjs": `${commonJs([...local, ...remote])}\n${body}`,
  };
};

/** The packages of ours that those name: what their author installs. */
export const packagesOfAll: readonly string[] = [...local, ...remote].map(({ from }) => from);
