import type { Agent as HttpAgent } from "node:http";
import type { Agent as HttpsAgent } from "node:https";
import type * as s3 from "@aws-sdk/client-s3";
import { loadDependency, readText } from "@metering/storage-kit";
import type { Identity } from "./credentials.ts";
import type { S3StorageOptions } from "./options.ts";

/** The AWS SDK's module: loaded on the first call, so that an app without calls does not pay for it. */
export type S3Module = typeof s3;

export const loadS3Module = (): Promise<S3Module> =>
  loadDependency("@aws-sdk/client-s3", () => import("@aws-sdk/client-s3"));

/** The connection pools. */
export interface Agents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

/** Creates a client for these credentials. The caller retries, so the client makes one attempt per request. */
export function createClient(
  { S3Client }: S3Module,
  { region, endpoint, forcePathStyle = false, connectTimeoutMs = 5_000 }: S3StorageOptions,
  credentials: Identity,
  agents: Agents,
): s3.S3Client {
  const client = new S3Client({
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    credentials,
    forcePathStyle,
    maxAttempts: 1,
    // With servers that ignore the header, each large put would wait for seconds.
    expectContinueHeader: false,
    requestHandler: { connectionTimeout: connectTimeoutMs, ...agents },
  });
  keepErrors(client);
  return client;
}

/**
 * Lets through what failed below the SDK. Where tests have a global scope of their own, as under Jest, Node's errors are
 * of another `Error`, and the SDK keeps nothing of them, not even the code.
 */
function keepErrors(client: s3.S3Client): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        if (error instanceof Error) throw error;
        throw Object.assign(new Error(readText(error, "message"), { cause: error }), { code: readText(error, "code") });
      }
    },
    { step: "deserialize", priority: "low", name: "keepErrors" },
  );
}

/** The host to which the client sends requests for a bucket. Sends nothing. */
export async function hostOf({ HeadBucketCommand }: S3Module, client: s3.S3Client, bucket: string): Promise<string> {
  let host = "";
  const command = new HeadBucketCommand({ Bucket: bucket });
  command.middlewareStack.add(
    () => async (args) => {
      const { request } = args;
      if (typeof request === "object" && request !== null && "hostname" in request) host = String(request.hostname);
      return { response: {}, output: { $metadata: {} } };
    },
    { step: "build", priority: "high", name: "readHost" },
  );
  await client.send(command);
  return host;
}
