import { ceph } from "../src/ceph.ts";
import { run } from "../src/programs.ts";
import { testS3Client } from "../src/s3-client-tests.ts";

const aws = (...args: readonly string[]) =>
  run("/usr/bin/aws", ["--endpoint-url", ceph.endpoint, "--output", "json", ...args], {
    AWS_ACCESS_KEY_ID: ceph.accessKeyId,
    AWS_SECRET_ACCESS_KEY: ceph.secretAccessKey,
    AWS_REGION: ceph.region,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  });

interface Listing {
  readonly Contents: readonly { readonly Key: string; readonly Size: number; readonly ETag: string }[];
}

interface Head {
  readonly ContentType: string;
  readonly ContentEncoding?: string;
}

testS3Client({
  async list(bucket) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as it is documented
    const { Contents } = JSON.parse(await aws("s3api", "list-objects-v2", "--bucket", bucket)) as Listing;
    return Contents.map(({ Key, Size, ETag }) => ({ key: Key, size: Size, md5: ETag.replaceAll('"', "") }));
  },
  async head(bucket, key) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- likewise
    const said = JSON.parse(await aws("s3api", "head-object", "--bucket", bucket, "--key", key)) as Head;
    return { type: said.ContentType, encoding: said.ContentEncoding ?? "" };
  },
  download: (bucket, folder) => aws("s3", "sync", "--no-progress", `s3://${bucket}/`, folder),
  upload: (folder, bucket) => aws("s3", "sync", "--no-progress", folder, `s3://${bucket}/`),
});
