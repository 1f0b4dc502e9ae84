import { createHash } from "node:crypto";
import { Volume } from "memfs";
import { crc64 } from "./crc64.ts";

export interface StoredObject {
  readonly body: Buffer;
  /** Headers as they were sent with the object: content type and `x-oss-meta-*`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly etag: string;
  readonly crc64: string;
  readonly lastModified: Date;
}

/** Buckets as folders of an in-memory file system, two files an object: its body and what is known of it. */
export interface Disk {
  createBucket(bucket: string): void;
  hasBucket(bucket: string): boolean;
  /** False where `ifAbsent` is set and an object stands there. */
  write(bucket: string, key: string, body: Buffer, headers: Record<string, string>, ifAbsent: boolean): boolean;
  read(bucket: string, key: string): StoredObject | undefined;
  remove(bucket: string, key: string): void;
  /** In ascending order of the keys' UTF-8 bytes. */
  keys(bucket: string): readonly string[];
}

const folder = (bucket: string): string => `/buckets/${bucket}`;

// Hexadecimal names: any key is a file name, and the order of the names is the order of the keys' bytes.
const path = (bucket: string, key: string): string => `${folder(bucket)}/${Buffer.from(key).toString("hex")}`;

export function createDisk(): Disk {
  const volume = new Volume();
  volume.mkdirSync("/buckets");
  return {
    createBucket: (bucket) => volume.mkdirSync(folder(bucket), { recursive: true }),
    hasBucket: (bucket) => volume.existsSync(folder(bucket)),
    write(bucket, key, body, headers, ifAbsent) {
      const file = path(bucket, key);
      // All calls are synchronous, so nothing comes between the check and the write.
      if (ifAbsent && volume.existsSync(`${file}.json`)) return false;
      const etag = `"${createHash("md5").update(body).digest("hex").toUpperCase()}"`;
      const about = { headers, etag, crc64: crc64(body), lastModified: Date.now() };
      volume.writeFileSync(`${file}.body`, body);
      volume.writeFileSync(`${file}.json`, JSON.stringify(about));
      return true;
    },
    read(bucket, key) {
      const file = path(bucket, key);
      if (!volume.existsSync(`${file}.json`)) return undefined;
      const about: Omit<StoredObject, "body" | "lastModified"> & { lastModified: number } = JSON.parse(
        String(volume.readFileSync(`${file}.json`)),
      );
      const body = Buffer.from(volume.readFileSync(`${file}.body`));
      return { ...about, body, lastModified: new Date(about.lastModified) };
    },
    remove(bucket, key) {
      volume.rmSync(`${path(bucket, key)}.json`, { force: true });
      volume.rmSync(`${path(bucket, key)}.body`, { force: true });
    },
    keys: (bucket) =>
      volume
        .readdirSync(folder(bucket))
        .map(String)
        .filter((name) => name.endsWith(".json"))
        .toSorted()
        .map((name) => Buffer.from(name.slice(0, -".json".length), "hex").toString()),
  };
}
