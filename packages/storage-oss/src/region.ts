/** The two names of a region. */
export interface Region {
  /** `cn-hangzhou`: the name in STS and V4 signatures. */
  readonly id: string;
  /** `oss-cn-hangzhou`: the name in host names of OSS and in ali-oss. */
  readonly ossId: string;
}

const regionId = /^[a-z]{2}-[a-z0-9]+(-[a-z0-9]+)*$/;

/** Reads `cn-hangzhou` or `oss-cn-hangzhou`. Returns `undefined` for anything else. */
export function parseRegion(region: string): Region | undefined {
  const id = region.replace(/^oss-/, "");
  // `oss-cn-hangzhou-internal` names an endpoint: the option `internal` selects it.
  if (!regionId.test(id) || id.endsWith("-internal")) return undefined;
  return { id, ossId: `oss-${id}` };
}
