/** An answer in Azure's error form: the code in a header, and with the message in XML. */
export class AzureError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, headers: Readonly<Record<string, string>> = {}) {
    super(`Injected or found by the test server: ${code}.`);
    this.name = "AzureError";
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  toXml(requestId: string): string {
    return `\ufeff<?xml version="1.0" encoding="utf-8"?><Error><Code>${this.code}</Code><Message>${this.message}\nRequestId:${requestId}\nTime:${new Date().toISOString()}</Message></Error>`;
  }
}
