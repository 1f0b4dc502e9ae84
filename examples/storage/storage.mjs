// Where the examples keep their files. Your program needs only one of the three storages, and installs only that one.
import { basename, join } from "node:path";

/**
 * Opens the bucket that `S3_BUCKET` or `OSS_BUCKET` names, or else the folder `data` in `folder`.
 *
 * @param {string} folder the example's folder; its name is the prefix of its files in a bucket
 */
export async function openStorage(folder) {
  const { S3_BUCKET, S3_REGION, S3_ENDPOINT, OSS_BUCKET, OSS_REGION, OSS_ENDPOINT } = process.env;
  const prefix = `examples/${basename(folder)}`;

  // Both clients look for credentials in the environment, profiles, the pod and the instance.
  if (S3_BUCKET) {
    const { S3Storage } = await import("@metering/storage-s3");
    const forcePathStyle = S3_ENDPOINT !== undefined;
    return new S3Storage({ bucket: S3_BUCKET, region: S3_REGION, endpoint: S3_ENDPOINT, forcePathStyle, prefix });
  }
  if (OSS_BUCKET) {
    if (!OSS_REGION) {
      console.error("Set OSS_REGION in the environment, such as cn-hangzhou. See examples/storage/README.md.");
      process.exit(1);
    }
    const { OssStorage } = await import("@metering/storage-oss");
    return new OssStorage({ bucket: OSS_BUCKET, region: OSS_REGION, endpoint: OSS_ENDPOINT, prefix });
  }
  const { LocalFsStorage } = await import("@metering/storage-localfs");
  return new LocalFsStorage({ basePath: join(folder, "data") });
}
