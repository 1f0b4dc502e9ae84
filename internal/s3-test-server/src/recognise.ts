import type { Operation } from "./operations.ts";
import { S3Error } from "./s3-error.ts";
import type { S3Request } from "./s3-request.ts";

const objectOperations: Record<string, Operation> = {
  PUT: "PutObject",
  GET: "GetObject",
  HEAD: "HeadObject",
  DELETE: "DeleteObject",
};

const listParameters = ["list-type", "prefix", "start-after", "continuation-token", "max-keys", "encoding-type"];

const knownHeader =
  /^x-amz-(content-sha256|date|user-agent|security-token|checksum-crc32|checksum-mode|sdk-checksum-algorithm|storage-class|server-side-encryption(-aws-kms-key-id)?|meta-.+)$/;
const changesMeaning = ["range", "if-match", "if-modified-since", "if-unmodified-since", "transfer-encoding"];

const refuse = (what: string): never => {
  throw new S3Error(501, "NotImplemented", `The test server does not know ${what}.`);
};

/**
 * What a request asks for. A parameter or header that could change the meaning and that this server does not know
 * is refused, so that a test cannot pass on an answer to a different question.
 */
export function recognise(request: S3Request): Operation {
  const { method, bucket, name, headers } = request;
  for (const header of Object.keys(headers)) {
    if ((header.startsWith("x-amz-") && !knownHeader.test(header)) || changesMeaning.includes(header)) {
      refuse(`the header ${header}`);
    }
  }
  if (headers["if-none-match"] !== undefined && method !== "PUT") refuse(`if-none-match of a ${method}`);

  const isList = method === "GET" && bucket !== "" && name === "" && request.query.get("list-type") === "2";
  for (const parameter of request.query.keys()) {
    // The client says in `x-id` which operation it means.
    if (parameter !== "x-id" && !(isList && listParameters.includes(parameter))) {
      refuse(`the parameter ${parameter} of ${method} ${request.path}`);
    }
  }
  if (isList) return "ListObjectsV2";
  if (method === "POST" && bucket === "") return "AssumeRole";
  if (bucket !== "" && name !== "") return objectOperations[method] ?? refuse(`${method} of an object`);
  if (bucket !== "" && method === "PUT") return "CreateBucket";
  if (bucket !== "" && method === "HEAD") return "HeadBucket";
  return refuse(`${method} ${request.path}`);
}
