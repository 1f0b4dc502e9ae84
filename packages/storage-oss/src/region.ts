/** A region as its users write it, taken apart. */
export interface Region {
  /** `cn-hangzhou`: as STS and V4 signatures name it. */
  readonly id: string;
  /** `oss-cn-hangzhou`: as host names of OSS and ali-oss name it. */
  readonly ossId: string;
}

const regionId = /^[a-z]{2}-[a-z0-9]+(-[a-z0-9]+)*$/;

/** Reads `cn-hangzhou` and `oss-cn-hangzhou` alike; `undefined` for what can be neither. */
export function parseRegion(region: string): Region | undefined {
  const id = region.replace(/^oss-/, "");
  // `oss-cn-hangzhou-internal` is the name of an endpoint: the option `internal` asks for it.
  if (!regionId.test(id) || id.endsWith("-internal")) return undefined;
  return { id, ossId: `oss-${id}` };
}
