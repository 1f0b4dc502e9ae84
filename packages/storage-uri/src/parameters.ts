import type { StorageConfig } from "./config.ts";

export type StorageType = StorageConfig["type"];

/** What the addresses of a type may say after the question mark. */
export interface Parameter {
  /** Key of the configuration, and a name of the parameter. */
  readonly key: string;
  /** Another name of the parameter. */
  readonly alias?: string;
  /** The name that is written, as the Go SDK writes it. Default: `key`. */
  readonly written?: string;
  /** A value that is not written. */
  readonly byDefault?: boolean;
  /** Whether the key is in the section of the type (`aws`, `oss` …) and not at the top. */
  readonly inSection?: true;
  readonly isFlag?: true;
  readonly isSecret?: true;
}

/** The section of each type in the configuration. */
export const sections = { s3: "aws", oss: "oss", azure: "azure", localfs: "localfs" } as const satisfies Record<
  StorageType,
  string
>;

const common: readonly Parameter[] = [{ key: "prefix" }, { key: "shared-pool-id" }];
const endpoint: Parameter = { key: "endpoint" };
const region: Parameter = { key: "region", alias: "region-id", written: "region-id" };
const keys: readonly Parameter[] = [
  { key: "assume-role-arn", alias: "role-arn", inSection: true },
  { key: "access-key", inSection: true, isSecret: true },
  { key: "secret-access-key", inSection: true, isSecret: true },
  { key: "session-token", inSection: true, isSecret: true },
];

export const parametersOf: Readonly<Record<StorageType, readonly Parameter[]>> = {
  s3: [
    ...common,
    endpoint,
    region,
    ...keys,
    { key: "s3-force-path-style", alias: "force-path-style", inSection: true, isFlag: true, byDefault: false },
  ],
  oss: [...common, endpoint, region, ...keys],
  azure: [
    ...common,
    endpoint,
    { key: "account-name", inSection: true },
    { key: "account-key", inSection: true, isSecret: true },
    { key: "sas-token", inSection: true, isSecret: true },
  ],
  localfs: [
    ...common,
    { key: "create-dirs", inSection: true, isFlag: true, byDefault: true },
    { key: "permissions", inSection: true },
  ],
};
