import type { ObjectStorage } from "@metering/core";
import { loadDependency } from "@metering/storage-kit";
import { isSet } from "./config-schema.ts";
import type { AzureConfig, LocalFsConfig, OssConfig, S3Config, StorageConfig } from "./config.ts";

// Each adapter is loaded when a storage of its type is opened, so that an app installs and loads only what it uses.

/** Opens the storage of a configuration with its adapter. */
export async function openAdapter(config: StorageConfig): Promise<ObjectStorage> {
  switch (config.type) {
    case "s3":
      return openS3(config);
    case "oss":
      return openOss(config);
    case "azure":
      return openAzure(config);
    default:
      return openLocalFs(config);
  }
}

/** A text, or `undefined` where it is not set. */
const textOf = (value: string | null | undefined): string | undefined => (isSet(value) ? value : undefined);

async function openS3({ bucket, region, prefix, endpoint, aws }: S3Config): Promise<ObjectStorage> {
  const { S3Storage } = await loadDependency("@metering/storage-s3", () => import("@metering/storage-s3"));
  const [accessKeyId, secretAccessKey] = [textOf(aws?.["access-key"]), textOf(aws?.["secret-access-key"])];
  const roleArn = textOf(aws?.["assume-role-arn"]);
  return new S3Storage({
    bucket,
    region: textOf(region),
    prefix: textOf(prefix),
    endpoint: textOf(endpoint),
    forcePathStyle: aws?.["s3-force-path-style"] ?? undefined,
    ...(accessKeyId !== undefined &&
      secretAccessKey !== undefined && {
        credentials: { accessKeyId, secretAccessKey, sessionToken: textOf(aws?.["session-token"]) },
      }),
    // As in the Go SDK, the endpoint is that of STS too.
    ...(roleArn !== undefined && { assumeRole: { roleArn, stsEndpoint: textOf(endpoint) } }),
  });
}

async function openOss({ bucket, region, prefix, endpoint, oss }: OssConfig): Promise<ObjectStorage> {
  const { OssStorage } = await loadDependency("@metering/storage-oss", () => import("@metering/storage-oss"));
  const [accessKeyId, accessKeySecret] = [textOf(oss?.["access-key"]), textOf(oss?.["secret-access-key"])];
  const roleArn = textOf(oss?.["assume-role-arn"]);
  return new OssStorage({
    bucket,
    region,
    prefix: textOf(prefix),
    endpoint: textOf(endpoint),
    ...(accessKeyId !== undefined &&
      accessKeySecret !== undefined && {
        credentials: { accessKeyId, accessKeySecret, securityToken: textOf(oss?.["session-token"]) },
      }),
    ...(roleArn !== undefined && { assumeRole: { roleArn } }),
  });
}

async function openAzure({ bucket, prefix, endpoint, azure }: AzureConfig): Promise<ObjectStorage> {
  const { AzureStorage } = await loadDependency("@metering/storage-azure", () => import("@metering/storage-azure"));
  return new AzureStorage({
    container: bucket,
    prefix: textOf(prefix),
    endpoint: textOf(endpoint),
    accountName: textOf(azure?.["account-name"]),
    accountKey: textOf(azure?.["account-key"]),
    sasToken: textOf(azure?.["sas-token"]),
  });
}

async function openLocalFs({ prefix, localfs }: LocalFsConfig): Promise<ObjectStorage> {
  const { LocalFsStorage } = await loadDependency(
    "@metering/storage-localfs",
    () => import("@metering/storage-localfs"),
  );
  const path = localfs["base-path"];
  const permissions = textOf(localfs.permissions);
  const dirMode = permissions === undefined ? undefined : Number.parseInt(permissions, 8);
  return new LocalFsStorage({
    // An address writes a drive as file:///C:/usage.
    basePath: process.platform === "win32" ? path.replace(/^\/(?=[a-z]:\/)/i, "") : path,
    prefix: textOf(prefix),
    createDirs: localfs["create-dirs"] ?? undefined,
    dirMode,
    // Nothing that is stored can be executed.
    fileMode: dirMode === undefined ? undefined : dirMode & 0o666,
  });
}
