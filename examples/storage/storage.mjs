// Where the examples keep their files. Your program needs only one of the storages, and installs only that one.
import { basename, join } from "node:path";

/**
 * Opens the bucket that `S3_BUCKET`, `OSS_BUCKET` or `AZURE_CONTAINER` names, or else the folder `data` in `folder`.
 *
 * @param {string} folder the example's folder; its name is the prefix of its files in a bucket
 */
export async function openStorage(folder) {
  const { S3_BUCKET, S3_REGION, S3_ENDPOINT, OSS_BUCKET, OSS_REGION, OSS_ENDPOINT } = process.env;
  const prefix = `examples/${basename(folder)}`;

  // All clients look for credentials in the environment, profiles, the pod and the instance.
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
  const { AZURE_CONTAINER, AZURE_STORAGE_ACCOUNT, AZURE_STORAGE_CONNECTION_STRING: connectionString } = process.env;
  if (AZURE_CONTAINER) {
    const { AzureStorage } = await import("@metering/storage-azure");
    const account = connectionString ? { connectionString } : { accountName: AZURE_STORAGE_ACCOUNT };
    return new AzureStorage({ ...account, container: AZURE_CONTAINER, prefix });
  }
  const { LocalFsStorage } = await import("@metering/storage-localfs");
  return new LocalFsStorage({ basePath: join(folder, "data") });
}
