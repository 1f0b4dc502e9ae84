import type { ObjectStorage } from "@metering/core";

/** One fresh, empty place in the store under test: a folder, a bucket, a map. Disposed of at the end of each test. */
export interface Place extends AsyncDisposable {
  /**
   * A new handle on this place; the suite closes it. Called several times per test: handles opened later see what
   * earlier ones stored, also after those were closed.
   */
  open(options?: { readonly prefix?: string | undefined }): ObjectStorage | Promise<ObjectStorage>;
  /**
   * Stores objects, past the adapter, whose names begin with `folder` and `/` and are no valid keys, as many kinds as the
   * store can hold: empty segments, `..`, control characters, folder markers, links. Resolves to the names without
   * `folder` and `/`. Left out where the store can hold none; `onInvalidKey` is not tested then.
   */
  plantInvalidKeys?(folder: string): Promise<readonly string[]>;
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
}

/** The adapter under test. */
export interface ContractOptions {
  /** Title of the tests, such as `S3Storage on MinIO`. */
  readonly name: string;
  /** Makes a fresh, empty place; called once per test. */
  readonly createPlace: () => Place | Promise<Place>;
  readonly abilities?: Abilities | undefined;
  /** Rounds of each race. More finds rarer bugs. Default: 200. */
  readonly raceRounds?: number | undefined;
  /** Objects in the tests that need many; more than three pages of the store's listing is good. Default: 3,500. */
  readonly manyKeys?: number | undefined;
  /** Size of the large body in bytes. Default: 8 MiB. */
  readonly largeBytes?: number | undefined;
}

/** The place as a test sees it: what it opens is closed for it. */
interface TestPlace {
  readonly secrets: readonly string[];
  readonly plantInvalidKeys: (folder: string) => Promise<readonly string[]>;
  readonly open: (options?: { readonly prefix?: string | undefined }) => Promise<ObjectStorage>;
}

/** What each file of the suite works with. */
export interface Subject {
  readonly abilities: Required<{ readonly [Name in keyof Abilities]-?: boolean }>;
  readonly raceRounds: number;
  readonly manyKeys: number;
  readonly largeBytes: number;
  /** Runs `test` on a fresh place and lets go of every handle and of the place, whatever happens. */
  readonly onPlace: (test: (place: TestPlace) => Promise<void>) => () => Promise<void>;
  /** Same, with one handle opened. */
  readonly onStorage: (test: (storage: ObjectStorage) => Promise<void>) => () => Promise<void>;
}

/** Fills in the defaults of the options. */
export function createSubject(options: ContractOptions): Subject {
  const { createPlace, abilities, raceRounds = 200, manyKeys = 3_500, largeBytes = 8 * 1024 * 1024 } = options;
  const onPlace = (test: (place: TestPlace) => Promise<void>) => async (): Promise<void> => {
    const place = await createPlace();
    const opened: ObjectStorage[] = [];
    const open: TestPlace["open"] = async (openOptions) => {
      const storage = await place.open(openOptions);
      opened.push(storage);
      return storage;
    };
    try {
      const plantInvalidKeys = async (folder: string): Promise<readonly string[]> =>
        (await place.plantInvalidKeys?.(folder)) ?? [];
      await test({ secrets: place.secrets ?? [], open, plantInvalidKeys });
    } finally {
      await Promise.all(opened.map((storage) => storage.close()));
      await place[Symbol.asyncDispose]();
    }
  };
  return {
    abilities: { ifAbsent: abilities?.ifAbsent ?? true, keyBelowKey: abilities?.keyBelowKey ?? true },
    raceRounds,
    manyKeys,
    largeBytes,
    onPlace,
    onStorage: (test) => onPlace(async (place) => test(await place.open())),
  };
}
