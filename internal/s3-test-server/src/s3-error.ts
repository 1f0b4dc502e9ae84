import { element } from "./xml.ts";

/** An answer that S3 gives as an error document. */
export class S3Error extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    more: { readonly fields?: Record<string, string>; readonly headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = more.fields ?? {};
    this.headers = more.headers ?? {};
  }
}

/** The error document of S3: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
export function errorDocument(error: S3Error, requestId: string): string {
  return element("Error", { Code: error.code, Message: error.message, ...error.fields, RequestId: requestId });
}

/** The error document of STS, which nests the code and calls it the same. */
export function stsErrorDocument(error: S3Error, requestId: string): string {
  return element("ErrorResponse", {
    Error: { Type: "Sender", Code: error.code, Message: error.message },
    RequestId: requestId,
  });
}
