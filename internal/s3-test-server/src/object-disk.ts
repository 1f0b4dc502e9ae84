import { memfs } from "memfs";

/** What is kept of an object beside its body. */
export interface ObjectMeta {
  readonly etag: string;
  readonly lastModifiedMs: number;
  readonly size: number;
  /** Response headers that came in with the object: content type, checksum, metadata. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Buckets and objects as files in memory. Every change is one synchronous step, so it is atomic. */
export interface ObjectDisk {
  hasBucket(bucket: string): boolean;
  createBucket(bucket: string): void;
  meta(bucket: string, name: string): ObjectMeta | undefined;
  body(bucket: string, name: string): Uint8Array;
  write(bucket: string, name: string, body: Uint8Array, meta: ObjectMeta): void;
  remove(bucket: string, name: string): void;
  /** Names in ascending order of their UTF-8 bytes. */
  names(bucket: string): readonly string[];
}

const bodies = (bucket: string): string => `/${encodeURIComponent(bucket)}/bodies`;
const metas = (bucket: string): string => `/${encodeURIComponent(bucket)}/metas`;
// The leading "=" keeps the names "." and ".." from being folders.
const fileName = (name: string): string => `=${encodeURIComponent(name)}`;

export function createObjectDisk(): ObjectDisk {
  const { fs } = memfs();
  const sortedNames = new Map<string, readonly string[]>();
  return {
    hasBucket: (bucket) => fs.existsSync(bodies(bucket)),
    createBucket(bucket) {
      fs.mkdirSync(bodies(bucket), { recursive: true });
      fs.mkdirSync(metas(bucket), { recursive: true });
    },
    meta(bucket, name) {
      const path = `${metas(bucket)}/${fileName(name)}`;
      if (!fs.existsSync(path)) return undefined;
      const meta: ObjectMeta = JSON.parse(String(fs.readFileSync(path)));
      return meta;
    },
    body: (bucket, name) => Buffer.from(fs.readFileSync(`${bodies(bucket)}/${fileName(name)}`)),
    write(bucket, name, body, meta) {
      fs.writeFileSync(`${bodies(bucket)}/${fileName(name)}`, body);
      fs.writeFileSync(`${metas(bucket)}/${fileName(name)}`, JSON.stringify(meta));
      sortedNames.delete(bucket);
    },
    remove(bucket, name) {
      fs.rmSync(`${bodies(bucket)}/${fileName(name)}`, { force: true });
      fs.rmSync(`${metas(bucket)}/${fileName(name)}`, { force: true });
      sortedNames.delete(bucket);
    },
    names(bucket) {
      const known = sortedNames.get(bucket);
      if (known !== undefined) return known;
      const names = fs
        .readdirSync(metas(bucket))
        .flatMap((file) => (typeof file === "string" ? Buffer.from(decodeURIComponent(file.slice(1))) : []))
        .sort((a, b) => a.compare(b))
        .map(String);
      sortedNames.set(bucket, names);
      return names;
    },
  };
}
