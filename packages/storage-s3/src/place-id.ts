import { randomUUID } from "node:crypto";
import type { S3Client } from "@aws-sdk/client-s3";
import type { S3StorageOptions } from "./options.ts";

// The endpoint of a caller's client is known only once it sends a request.
const clients = new WeakMap<S3Client, string>();

function clientId(client: S3Client): string {
  const known = clients.get(client) ?? randomUUID();
  clients.set(client, known);
  return `client-${known}`;
}

/** Endpoint and region of a bucket, from the options or from where the AWS SDK takes them. Contains no credentials. */
export function whereIs({ client, endpoint, region }: S3StorageOptions): string {
  if (client !== undefined) return clientId(client);
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, AWS_REGION, AWS_PROFILE = "default" } = process.env;
  const url = endpoint ?? AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL;
  const host = url !== undefined && URL.canParse(url) ? new URL(url).host : `aws:${AWS_PROFILE}`;
  return `${host}/${region ?? AWS_REGION ?? `region of profile ${AWS_PROFILE}`}`;
}
