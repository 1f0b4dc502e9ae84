import { MeteringError } from "@metering/core";
import { decodeListedName, type ListingPage } from "@metering/storage-kit";
import * as z from "zod/mini";

const pageSchema = /* @__PURE__ */ (() =>
  z.object({
    objects: z.array(
      z.object({ name: z.string(), size: z.number(), etag: z.optional(z.string()), lastModified: z.iso.datetime() }),
    ),
    isTruncated: z.boolean(),
    // Not a number where the answer is some other XML, which ali-oss takes for an empty page.
    keyCount: z.number(),
    nextContinuationToken: z.nullable(z.string()),
  }))();

/** A page has 1,000 names of 1,023 bytes at most, each byte written as three. */
export const maxPageBytes = 16 * 1024 * 1024;

/** Reads what ali-oss made of an answer to a listing. Anything else, such as a web page, is refused. */
export function readPage(result: unknown): ListingPage {
  const page = pageSchema.safeParse(result);
  if (!page.success) {
    throw new MeteringError(
      "storage-failure",
      "The answer to a listing is not one of OSS. Check endpoint and proxies.",
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
