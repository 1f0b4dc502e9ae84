import { ceph } from "../src/ceph.ts";
import { run } from "../src/programs.ts";
import { testS3Client } from "../src/s3-client-tests.ts";

// A remote that is called "ceph".
const env = {
  RCLONE_CONFIG: "/dev/null",
  // With any value it refuses to start.
  AWS_CA_BUNDLE: "",
  RCLONE_CONFIG_CEPH_TYPE: "s3",
  RCLONE_CONFIG_CEPH_PROVIDER: "Ceph",
  RCLONE_CONFIG_CEPH_ENDPOINT: ceph.endpoint,
  RCLONE_CONFIG_CEPH_ACCESS_KEY_ID: ceph.accessKeyId,
  RCLONE_CONFIG_CEPH_SECRET_ACCESS_KEY: ceph.secretAccessKey,
};

interface File {
  readonly Path: string;
  readonly Size: number;
  readonly MimeType: string;
  readonly Hashes: { readonly md5: string };
  readonly Metadata: { readonly "content-encoding"?: string };
}

async function files(path: string): Promise<readonly File[]> {
  const printed = await run("rclone", ["lsjson", "-R", "--files-only", "--hash", "--metadata", `ceph:${path}`], env);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as rclone documents it
  return JSON.parse(printed) as readonly File[];
}

testS3Client({
  list: async (bucket) =>
    (await files(bucket)).map(({ Path, Size, Hashes: { md5 } }) => ({ key: Path, size: Size, md5 })),
  async head(bucket, key) {
    const found = (await files(bucket)).find(({ Path }) => Path === key);
    return { type: found?.MimeType ?? "", encoding: found?.Metadata["content-encoding"] ?? "" };
  },
  // It compares the MD5 of each file with that of the object.
  download: (bucket, folder) => run("rclone", ["copy", `ceph:${bucket}`, folder], env),
  upload: (folder, bucket) => run("rclone", ["copy", folder, `ceph:${bucket}`], env),
});
