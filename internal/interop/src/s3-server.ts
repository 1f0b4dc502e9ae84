import { randomUUID } from "node:crypto";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { S3Storage } from "@metering/storage-s3";

/** The settings of an S3 server, as the scripts that start one print them. */
export interface S3Settings {
  readonly S3_ENDPOINT: string;
  readonly S3_REGION: string;
  readonly S3_ACCESS_KEY_ID: string;
  readonly S3_SECRET_ACCESS_KEY: string;
}

/** Opens and creates buckets on an S3 server, by the path style. */
export function s3Server(settings: S3Settings) {
  const { S3_ENDPOINT: endpoint, S3_REGION: region } = settings;
  const credentials = { accessKeyId: settings.S3_ACCESS_KEY_ID, secretAccessKey: settings.S3_SECRET_ACCESS_KEY };
  const client = () => new S3Client({ endpoint, region, credentials, forcePathStyle: true });
  return {
    endpoint,
    region,
    ...credentials,
    /** A new and empty bucket. */
    async createBucket(): Promise<string> {
      const bucket = `interop-${randomUUID()}`;
      await client().send(new CreateBucketCommand({ Bucket: bucket }));
      return bucket;
    },
    openBucket: (bucket: string, prefix?: string) =>
      new S3Storage({ endpoint, region, credentials, forcePathStyle: true, bucket, prefix }),
  };
}
