import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll } from "vitest";
import { ceph } from "../src/ceph.ts";
import { createFolder, run } from "../src/programs.ts";
import { testS3Client } from "../src/s3-client-tests.ts";

const folder = await createFolder();
const config = join(folder, "s3cfg");
const { host } = new URL(ceph.endpoint);
await writeFile(
  config,
  [
    "[default]",
    `access_key = ${ceph.accessKeyId}`,
    `secret_key = ${ceph.secretAccessKey}`,
    `host_base = ${host}`,
    `host_bucket = ${host}`,
    `bucket_location = ${ceph.region}`,
    "use_https = False",
  ].join("\n"),
);
afterAll(() => rm(folder, { recursive: true }));

const s3cmd = (...args: string[]) => run("s3cmd", ["--config", config, "--no-progress", ...args]);

testS3Client({
  async list(bucket) {
    const lines = (await s3cmd("ls", "--recursive", "--list-md5", `s3://${bucket}/`)).trimEnd().split("\n");
    return lines.map((line) => {
      // Date, time, size, MD5, address.
      const [, size = "", md5 = "", key = ""] = /^\S+ +\S+ +(\d+) +(\w+) +s3:\/\/[^/]+\/(.*)$/.exec(line) ?? [];
      return { key, size: Number(size), md5 };
    });
  },
  async head(bucket, key) {
    const said = await s3cmd("info", `s3://${bucket}/${key}`);
    return { type: /MIME type: *(.*)/.exec(said)?.[1] ?? "" };
  },
  download: (bucket, to) => s3cmd("sync", `s3://${bucket}/`, `${to}/`),
  upload: (from, bucket) => s3cmd("sync", "--no-guess-mime-type", `${from}/`, `s3://${bucket}/`),
});
