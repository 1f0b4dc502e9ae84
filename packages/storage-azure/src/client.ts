import { createHash } from "node:crypto";
import type * as blob from "@azure/storage-blob";
import { loadDependency } from "@metering/storage-kit";

/** The Azure SDK. It is loaded on the first call, so an app that never makes one does not pay for it. */
export type AzureModule = typeof blob;

export const loadAzureModule = (): Promise<AzureModule> =>
  loadDependency("@azure/storage-blob", () => import("@azure/storage-blob"));

/** What signs requests. */
export type Credential = NonNullable<Parameters<AzureModule["newPipeline"]>[0]>;

/** Creates a client for the container at this URL. It does not retry, because the caller does. */
export function createClient(
  sdk: AzureModule,
  url: string,
  credential: Credential,
  httpClient: blob.IHttpClient,
): blob.ContainerClient {
  const pipeline = sdk.newPipeline(credential, { httpClient, retryOptions: { maxTries: 1 } });
  pipeline.factories.push(checksumFactory);
  return new sdk.ContainerClient(url, pipeline);
}

/** Adds the checksum of the body, for which the SDK's upload has no option. Azure refuses a corrupt body. */
const checksumFactory: blob.RequestPolicyFactory = {
  create: (next) => ({
    sendRequest(request) {
      if (request.body instanceof Uint8Array) request.headers.set("Content-MD5", md5(request.body).toString("base64"));
      return next.sendRequest(request);
    },
  }),
};

/** The checksum that Azure stores with a blob. */
export function md5(body: Uint8Array): Buffer {
  return createHash("md5").update(body).digest();
}
