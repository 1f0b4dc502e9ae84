/** One way into a package: what an app imports. */
export interface Entry {
  readonly name: string;
  readonly source: string;
  readonly types: string;
}

export interface Published {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
  /** Absolute. */
  readonly path: string;
  readonly entries: readonly Entry[];
  readonly manifest: Readonly<Record<string, unknown>>;
}

/** Absolute, with a slash at its end. */
export const root: string;
export const published: readonly Published[];
/** Those that programs import. The others are commands. */
export const libraries: readonly Published[];
