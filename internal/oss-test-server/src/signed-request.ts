/** The parts of a request that signatures are made over. */
export interface SignedRequest {
  readonly method: string;
  /** `""` where the request names none. */
  readonly bucket: string;
  /** Decoded; `""` for a request on the bucket. */
  readonly key: string;
  /** Decoded names and values. */
  readonly query: ReadonlyMap<string, string>;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}

/** RFC 3986: everything but `A–Z a–z 0–9 - _ . ~`, as every signature of Alibaba Cloud asks for. */
export function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
