import { loadDependency } from "@metering/storage-kit";
import type { OssClient, OssCredentials } from "./options.ts";
import type { Transport } from "./transport.ts";

/** Where requests go, and how. */
export interface ClientSettings {
  readonly bucket: string;
  /** With its `oss-`: ali-oss makes a host name of it. */
  readonly region: string;
  readonly endpoint: string | undefined;
  readonly internal: boolean;
  readonly secure: boolean;
  readonly authorizationV4: boolean;
  readonly urllib: Transport;
}

/** Makes a client. ali-oss is loaded with the first one, so that an app which makes no call does not pay for it. */
export async function createClient(settings: ClientSettings, credentials: OssCredentials): Promise<OssClient> {
  const { default: Client } = await loadDependency("ali-oss", () => import("ali-oss"));
  const { accessKeyId, accessKeySecret, securityToken } = credentials;
  return new Client({
    ...settings,
    accessKeyId,
    accessKeySecret,
    // The interval is not used, since new credentials get a new client; without it ali-oss gives advice on the console.
    ...(securityToken === undefined ? {} : { stsToken: securityToken, refreshSTSTokenInterval: 1 }),
  });
}

const verbs = ["put", "get", "head", "delete", "listV2"];

/** Whether a value is a client of ali-oss, as far as can be seen. */
export function isOssClient(value: unknown): value is OssClient {
  if (typeof value !== "object" || value === null || !("options" in value)) return false;
  return verbs.every((verb) => typeof Reflect.get(value, verb) === "function");
}

const own = (value: unknown): PropertyDescriptor => ({ value, writable: true, enumerable: true });

/**
 * The caller's client with our transport and bucket. A view: the client stays as it is, and what its owner changes
 * later, such as keys, is seen. Its `retryMax` does nothing: ali-oss repeats only what fails with the status -1, which
 * its own transport makes up.
 */
export function viewClient(client: OssClient, bucket: string, transport: Transport): OssClient {
  const options: unknown = Object.create(Reflect.get(client, "options"), { bucket: own(bucket) });
  const view: OssClient = Object.create(client, { options: own(options), urllib: own(transport) });
  return view;
}
