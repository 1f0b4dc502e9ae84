import { randomUUID } from "node:crypto";
import type { OssClient, OssStorageOptions } from "./options.ts";
import { parseRegion } from "./region.ts";

// The endpoint of a caller's client may change.
const clients = new WeakMap<OssClient, string>();

function clientId(client: OssClient): string {
  const known = clients.get(client) ?? randomUUID();
  clients.set(client, known);
  return `client-${known}`;
}

/** Endpoint and region of a bucket. A region's internal and public endpoints have the same buckets. */
export function whereIs({ client, endpoint, region = "" }: OssStorageOptions): string {
  if (client !== undefined) return clientId(client);
  const id = parseRegion(region)?.id ?? "";
  return `${endpoint?.replace(/^https?:\/\/|\/$/g, "") ?? "aliyuncs.com"}/${id}`;
}
