import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { ceph } from "./ceph.ts";
import { createFolder, installed } from "./programs.ts";

/** Texts, or decimals as texts. */
export type Row = readonly (string | null)[];

/** A coordinator without workers, with Ceph as the catalog's store and its tables in a folder. */
export interface Trino {
  /** Runs a statement and returns its rows. Rejects with what Trino says. */
  readonly query: (sql: string) => Promise<readonly Row[]>;
  readonly stop: () => Promise<void>;
}

interface Answer {
  readonly nextUri?: string;
  readonly data?: readonly Row[];
  readonly error?: { readonly message: string };
}

/** Starts Trino, which takes about 20 s. */
export async function startTrino(): Promise<Trino> {
  const folder = await createFolder();
  const port = await freePort();
  await configure(folder, port);
  const java = spawn(
    installed("trino/java/bin/java"),
    [
      "-Xmx2g",
      "--add-modules=jdk.incubator.vector",
      "--sun-misc-unsafe-memory-access=allow",
      `-Dconfig=${join(folder, "config.properties")}`,
      `-Dlog.path=${join(folder, "server.log")}`,
      "-cp",
      installed("trino/server/jars/*"),
      fileURLToPath(new URL("../engines/Trino.java", import.meta.url)),
      "483",
    ],
    { cwd: folder, stdio: process.env["VERBOSE"] === undefined ? "ignore" : "inherit" },
  );
  const stop = async () => {
    java.kill();
    if (java.exitCode === null && java.signalCode === null) await once(java, "exit");
    await rm(folder, { recursive: true });
  };
  const address = `http://127.0.0.1:${port}`;
  for (const end = Date.now() + 180_000; ; await sleep(200)) {
    const info = await fetch(`${address}/v1/info`).then(
      (response) => response.text(),
      () => "",
    );
    if (info.includes('"starting":false')) break;
    if (Date.now() < end && java.exitCode === null) continue;
    await stop();
    throw new Error("Trino did not start. VERBOSE=1 shows what it says.");
  }
  const trino: Trino = { query: (sql) => query(address, sql), stop };
  await trino.query("CREATE SCHEMA metering");
  return trino;
}

async function query(address: string, sql: string): Promise<readonly Row[]> {
  const headers = { "X-Trino-User": "tests", "X-Trino-Catalog": "hive", "X-Trino-Schema": "metering" };
  const rows: Row[] = [];
  let response = await fetch(`${address}/v1/statement`, { method: "POST", headers, body: sql });
  for (;;) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Trino's protocol
    const { nextUri, data = [], error } = (await response.json()) as Answer;
    if (error !== undefined) throw new Error(error.message);
    rows.push(...data);
    if (nextUri === undefined) return rows;
    response = await fetch(nextUri, { headers });
  }
}

async function configure(folder: string, port: number): Promise<void> {
  const write = (name: string, settings: Readonly<Record<string, string | number>>) =>
    writeFile(
      join(folder, name),
      Object.entries(settings)
        .map((setting) => `${setting.join("=")}\n`)
        .join(""),
    );
  await mkdir(join(folder, "catalog"));
  await write("config.properties", {
    coordinator: "true",
    "node-scheduler.include-coordinator": "true",
    "node.environment": "tests",
    "node.internal-address": "127.0.0.1",
    "node.bind-ip": "127.0.0.1",
    "http-server.http.port": port,
    "discovery.uri": `http://127.0.0.1:${port}`,
    "plugin.dir": installed("trino/plugins"),
    "catalog.config-dir": join(folder, "catalog"),
    "query.max-memory-per-node": "512MB",
  });
  await write("catalog/hive.properties", {
    "connector.name": "hive",
    "hive.metastore": "file",
    "hive.metastore.catalog.dir": "local:///tables",
    "fs.native-local.enabled": "true",
    "local.location": folder,
    "fs.native-s3.enabled": "true",
    "s3.endpoint": ceph.endpoint,
    "s3.region": ceph.region,
    "s3.aws-access-key": ceph.accessKeyId,
    "s3.aws-secret-key": ceph.secretAccessKey,
    "s3.path-style-access": "true",
    "hive.recursive-directories": "true",
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("No port is free.");
  return address.port;
}
