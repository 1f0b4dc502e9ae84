import { MeteringError } from "@metering/core";
import { decodeListedName, type ListingPage } from "@metering/storage-kit";
import * as z from "zod/mini";

const pageSchema = /* @__PURE__ */ (() =>
  z.object({
    objects: z.array(
      z.object({ name: z.string(), size: z.number(), etag: z.optional(z.string()), lastModified: z.iso.datetime() }),
    ),
    isTruncated: z.boolean(),
    // NaN if the response is some other XML, which ali-oss reads as an empty page.
    keyCount: z.number(),
    nextContinuationToken: z.nullable(z.string()),
  }))();

/** A page has at most 1,000 names of 1,023 bytes, and a percent-encoded byte takes three. */
export const maxPageBytes = 16 * 1024 * 1024;

/** Reads ali-oss's result of a listing. Rejects anything else, such as a web page. */
export function readPage(result: unknown): ListingPage {
  const page = pageSchema.safeParse(result);
  if (!page.success) {
    throw new MeteringError(
      "storage-failure",
      "The response to a listing does not come from OSS. Check endpoint and proxies.",
    );
  }
  const { objects, isTruncated, nextContinuationToken } = page.data;
  return {
    objects: objects.map(({ name, size, etag, lastModified }) => ({
      ...decodeListedName(name),
      size,
      etag,
      lastModified: new Date(lastModified),
    })),
    next: isTruncated ? (nextContinuationToken ?? "") : undefined,
  };
}
