import { Readable, Transform } from "node:stream";
import type { ListObjectsV2Command, ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import { MeteringError } from "@metering/core";
import { decodeListedName, type ListedName, type ListingPage } from "@metering/storage-kit";

// A page has at most 1,000 names of 1,024 bytes, and a percent-encoded byte takes three.
const maxPageBytes = 16 * 1024 * 1024;

function notAListing(problem: string): MeteringError {
  return new MeteringError(
    "storage-failure",
    `The response to a listing ${problem}. Check endpoint, bucket and proxies. Many compatible stores need forcePathStyle.`,
  );
}

/** Reads a response to ListObjectsV2. Rejects anything else, such as a list of buckets or a web page. */
export function readPage(answer: Omit<ListObjectsV2CommandOutput, "$metadata">): ListingPage {
  const { Contents = [], EncodingType, IsTruncated, KeyCount, Name, NextContinuationToken } = answer;
  if (Name === undefined || (IsTruncated === undefined && KeyCount === undefined))
    throw notAListing("is not a listing");
  const objects = Contents.map(({ Key, Size: size, ETag: etag, LastModified: lastModified }): ListedName => {
    if (Key === undefined || size === undefined || lastModified === undefined) {
      throw notAListing("has an object without name, size or time");
    }
    const name = EncodingType === "url" ? decodeListedName(Key) : { name: Key };
    return { ...name, size, etag, lastModified };
  });
  return { objects, next: IsTruncated === true ? (NextContinuationToken ?? "") : undefined };
}

/** Cuts off a response that is longer than any page can be, before it fills the memory. */
export function limitPage(command: ListObjectsV2Command): ListObjectsV2Command {
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { response } = result;
      if (typeof response === "object" && response !== null && "body" in response) {
        const { body } = response;
        if (body instanceof Readable) response.body = limited(body);
      }
      return result;
    },
    { step: "deserialize", priority: "low", name: "limitPage" },
  );
  return command;
}

function limited(body: Readable): Readable {
  let size = 0;
  const counter = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      size += chunk.byteLength;
      done(size > maxPageBytes ? notAListing(`has more than ${maxPageBytes} bytes`) : null, chunk);
    },
  });
  body.on("error", (error) => counter.destroy(error));
  counter.on("error", () => body.destroy());
  return body.pipe(counter);
}
