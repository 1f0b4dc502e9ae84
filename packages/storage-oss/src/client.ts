import { loadDependency } from "@metering/storage-kit";
import type { OssClient, OssCredentials } from "./options.ts";
import type { Transport } from "./transport.ts";

/** Where requests go, and how. */
export interface ClientSettings {
  readonly bucket: string;
  /** With `oss-`: ali-oss builds the host name from it. */
  readonly region: string;
  readonly endpoint: string | undefined;
  readonly internal: boolean;
  readonly secure: boolean;
  readonly authorizationV4: boolean;
  readonly urllib: Transport;
}

/** Creates a client. ali-oss is loaded with the first one, so that an app without calls does not pay for it. */
export async function createClient(settings: ClientSettings, credentials: OssCredentials): Promise<OssClient> {
  const { default: Client } = await loadDependency("ali-oss", () => import("ali-oss"));
  const { accessKeyId, accessKeySecret, securityToken } = credentials;
  return new Client({
    ...settings,
    accessKeyId,
    accessKeySecret,
    // New credentials get a new client, so the interval has no effect. Without it, ali-oss prints a warning.
    ...(securityToken === undefined ? {} : { stsToken: securityToken, refreshSTSTokenInterval: 1 }),
  });
}

const verbs = ["put", "get", "head", "delete", "listV2"];

/** Whether a value looks like an ali-oss client. */
export function isOssClient(value: unknown): value is OssClient {
  if (typeof value !== "object" || value === null || !("options" in value)) return false;
  return verbs.every((verb) => typeof Reflect.get(value, verb) === "function");
}

const own = (value: unknown): PropertyDescriptor => ({ value, writable: true, enumerable: true });

/**
 * The caller's client with our transport and bucket. It is a view: the client is not changed, and later changes of its
 * owner, such as new keys, take effect. Its `retryMax` has no effect: ali-oss retries only failures with the status -1,
 * which only its own transport sets.
 */
export function viewClient(client: OssClient, bucket: string, transport: Transport): OssClient {
  const options: unknown = Object.create(Reflect.get(client, "options"), { bucket: own(bucket) });
  const view: OssClient = Object.create(client, { options: own(options), urllib: own(transport) });
  return view;
}
