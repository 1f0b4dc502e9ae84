// Where the examples keep their files. A program of yours needs one of the three and constructs it where it starts;
// only the adapters that are loaded have to be installed.
import { basename, join } from "node:path";

/**
 * The storage that the environment names: the bucket `S3_BUCKET` or `OSS_BUCKET`, or else the folder `data` in `folder`.
 *
 * @param {string} folder that of the example; its name is where in the bucket the example's files lie
 */
export async function openStorage(folder) {
  const { S3_BUCKET, S3_REGION, S3_ENDPOINT, OSS_BUCKET, OSS_REGION, OSS_ENDPOINT } = process.env;
  const prefix = `examples/${basename(folder)}`;

  // No credentials are given, so both clients look for them in the environment, profiles, the pod and the instance.
  if (S3_BUCKET) {
    const { S3Storage } = await import("@metering/storage-s3");
    const forcePathStyle = S3_ENDPOINT !== undefined;
    return new S3Storage({ bucket: S3_BUCKET, region: S3_REGION, endpoint: S3_ENDPOINT, forcePathStyle, prefix });
  }
  if (OSS_BUCKET) {
    if (!OSS_REGION) throw new Error("Set OSS_REGION, such as cn-hangzhou. See examples/storage/README.md.");
    const { OssStorage } = await import("@metering/storage-oss");
    return new OssStorage({ bucket: OSS_BUCKET, region: OSS_REGION, endpoint: OSS_ENDPOINT, prefix });
  }
  const { LocalFsStorage } = await import("@metering/storage-localfs");
  return new LocalFsStorage({ basePath: join(folder, "data") });
}
