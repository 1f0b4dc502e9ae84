import type { ObjectStorage } from "@metering/core";

/** A fresh, empty place in the store under test: a folder, a bucket, a map. The suite disposes of it after each test. */
export interface Fixture extends AsyncDisposable {
  /**
   * A new handle on this fixture; the suite closes it. Called several times per test: handles opened later see what
   * earlier ones stored, also after those were closed.
   */
  open(options?: { readonly prefix?: string | undefined }): ObjectStorage | Promise<ObjectStorage>;
  /**
   * Stores objects, past the adapter, whose names begin with `folder` and `/` and are no valid keys, as many kinds as the
   * store can hold: empty segments, `..`, control characters, folder markers, links. Resolves to the names without
   * `folder` and `/`. Left out where the store can hold none; `onInvalidKey` is not tested then.
   */
  plantInvalidKeys?(folder: string): Promise<readonly string[]>;
  /**
   * From now on, requests to the store get no answer. With it the suite shows that an abort ends a call that is in
   * flight. Left out where a store cannot do this; abort is then tested before and during quick calls only.
   */
  stall?(): Promise<void> | void;
  /**
   * From now on, the store cannot be reached. With it the suite shows that errors of the client are translated and hold
   * no secrets. Left out where a store cannot do this.
   */
  break?(): Promise<void> | void;
  /** Texts (access keys, tokens) that must show up in no name, error or inspection of a handle. */
  readonly secrets?: readonly string[] | undefined;
}

/** What a store can do beyond the minimum. What is declared absent is tested to be refused, not skipped. */
export interface Abilities {
  /** `put` with `ifAbsent`. Where `false`, it must reject with `not-supported`. Default: true. */
  readonly ifAbsent?: boolean | undefined;
  /**
   * Holds `a` and `a/b` side by side, as object stores do and file systems cannot. Where `false`, the later of the two
   * must be refused with `not-supported`. Default: true.
   */
  readonly keyBelowKey?: boolean | undefined;
  /**
   * Lists in the order of UTF-8. Where `false`, it lists by UTF-16 units: other where characters beyond U+FFFF stand beside
   * those from U+E000 on. Such a listing must be refused with `not-supported`; every other one must be in order. Default: true.
   */
  readonly byteOrder?: boolean | undefined;
  /**
   * Matches the keys that the store cannot keep as they are, such as `/\\/` where it turns a backslash into a slash. Every
   * verb must refuse them with `invalid-key`. The keys that writer and reader make must not be among them. Default: none.
   */
  readonly refusedKeys?: RegExp | undefined;
}

/** The adapter under test. */
export interface ContractOptions {
  /** Title of the tests, such as `S3Storage on MinIO`. */
  readonly name: string;
  /** Makes a fresh, empty fixture; called once per test. */
  readonly createFixture: () => Fixture | Promise<Fixture>;
  readonly abilities?: Abilities | undefined;
  /** Rounds of each race. More finds rarer bugs. Default: 200. */
  readonly raceRounds?: number | undefined;
  /** Objects in the tests that need many; more than three pages of the store's listing is good. Default: 3,500. */
  readonly manyKeys?: number | undefined;
  /** Size of the large body in bytes. Default: 8 MiB. */
  readonly largeBytes?: number | undefined;
  /** Time limit of one test in milliseconds. Default: 120,000, which suits a store over a network. */
  readonly timeoutMs?: number | undefined;
}

/** The fixture as a test sees it: what it opens is closed for it. */
interface TestFixture {
  readonly secrets: readonly string[];
  readonly plantInvalidKeys: (folder: string) => Promise<readonly string[]>;
  /** Whether the fixture could. */
  readonly stall: () => Promise<boolean>;
  readonly break: () => Promise<boolean>;
  readonly open: (options?: { readonly prefix?: string | undefined }) => Promise<ObjectStorage>;
}

/** What each file of the suite works with. */
export interface Subject {
  readonly abilities: { readonly [Name in "ifAbsent" | "keyBelowKey" | "byteOrder"]: boolean };
  /** Whether the store is declared not to take the key. */
  readonly isRefused: (key: string) => boolean;
  readonly raceRounds: number;
  readonly manyKeys: number;
  readonly largeBytes: number;
  /** Runs `test` on a fresh fixture, then closes every handle and disposes of the fixture, whatever happens. */
  readonly onFixture: (test: (fixture: TestFixture) => Promise<void>) => () => Promise<void>;
  /** Same, with one handle opened. */
  readonly onStorage: (test: (storage: ObjectStorage) => Promise<void>) => () => Promise<void>;
}

/** Calls a hook that a fixture may lack, and tells whether it has it. */
const could = async (hook: (() => Promise<void> | void) | undefined): Promise<boolean> => {
  await hook?.();
  return hook !== undefined;
};

/** Fills in the defaults of the options. */
export function createSubject(options: ContractOptions): Subject {
  const { createFixture, abilities, raceRounds = 200, manyKeys = 3_500, largeBytes = 8 * 1024 * 1024 } = options;
  const onFixture = (test: (fixture: TestFixture) => Promise<void>) => async (): Promise<void> => {
    const fixture = await createFixture();
    const opened: ObjectStorage[] = [];
    const open: TestFixture["open"] = async (openOptions) => {
      const storage = await fixture.open(openOptions);
      opened.push(storage);
      return storage;
    };
    try {
      const plantInvalidKeys = async (folder: string): Promise<readonly string[]> =>
        (await fixture.plantInvalidKeys?.(folder)) ?? [];
      await test({
        secrets: fixture.secrets ?? [],
        open,
        plantInvalidKeys,
        stall: () => could(fixture.stall?.bind(fixture)),
        break: () => could(fixture.break?.bind(fixture)),
      });
    } finally {
      await Promise.all(opened.map((storage) => storage.close()));
      await fixture[Symbol.asyncDispose]();
    }
  };
  const { ifAbsent = true, keyBelowKey = true, byteOrder = true, refusedKeys } = abilities ?? {};
  return {
    abilities: { ifAbsent, keyBelowKey, byteOrder },
    // Not `test`, which goes on from the last match where the pattern is global.
    isRefused: (key) => refusedKeys !== undefined && key.search(refusedKeys) >= 0,
    raceRounds,
    manyKeys,
    largeBytes,
    onFixture,
    onStorage: (test) => onFixture(async (fixture) => test(await fixture.open())),
  };
}
