import { expect, test } from "vitest";
import { parseAuthorization, sign } from "../src/signature.ts";
import type { S3Request } from "../src/s3-request.ts";

// The examples of the specification, with its published example keys:
// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
const secretKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

function example(request: Partial<S3Request>, signedHeaders: readonly string[]): string {
  const whole: S3Request = {
    method: "GET",
    path: "/",
    query: new Map(),
    body: new Uint8Array(),
    bucket: "",
    name: "",
    ...request,
    headers: {
      host: "examplebucket.s3.amazonaws.com",
      "x-amz-content-sha256": emptyHash,
      "x-amz-date": "20130524T000000Z",
      ...request.headers,
    },
  };
  const scope = "20130524/us-east-1/s3/aws4_request";
  return sign(whole, { accessKeyId: "AKIAIOSFODNN7EXAMPLE", scope, signedHeaders }, secretKey);
}

test("a GET is signed as the specification's example is", () => {
  expect(
    example({ path: "/test.txt", headers: { range: "bytes=0-9" } }, [
      "host",
      "range",
      "x-amz-content-sha256",
      "x-amz-date",
    ]),
  ).toBe("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
});

test("a PUT with a special character in its path is signed as the specification's example is", () => {
  expect(
    example(
      {
        method: "PUT",
        path: "/test$file.text",
        headers: {
          date: "Fri, 24 May 2013 00:00:00 GMT",
          "x-amz-content-sha256": "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
          "x-amz-storage-class": "REDUCED_REDUNDANCY",
        },
      },
      ["date", "host", "x-amz-content-sha256", "x-amz-date", "x-amz-storage-class"],
    ),
  ).toBe("98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
});

test("a query is signed in the order of its names, as in the specification's examples", () => {
  const headers = ["host", "x-amz-content-sha256", "x-amz-date"];
  expect(example({ query: new Map([["lifecycle", ""]]) }, headers)).toBe(
    "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
  );
  const list = new Map([
    ["prefix", "J"],
    ["max-keys", "2"],
  ]);
  expect(example({ query: list }, headers)).toBe("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
});

test("the authorization header is read with and without spaces, and refused where it is something else", () => {
  const signature = "0".repeat(64);
  for (const space of ["", " "]) {
    expect(
      parseAuthorization(
        `AWS4-HMAC-SHA256 Credential=KEY/20130524/us-east-1/s3/aws4_request,${space}SignedHeaders=host;range,${space}Signature=${signature}`,
      ),
    ).toEqual({
      accessKeyId: "KEY",
      scope: "20130524/us-east-1/s3/aws4_request",
      signedHeaders: ["host", "range"],
      signature,
    });
  }
  expect(() => parseAuthorization("AWS KEY:signature")).toThrow();
});
