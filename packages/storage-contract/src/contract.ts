import { describe } from "vitest";
import { createSubject, type ContractOptions } from "./place.ts";
import { testAbort } from "./promises/abort.ts";
import { testAtomicity } from "./promises/atomicity.ts";
import { testClose } from "./promises/close.ts";
import { testDelete } from "./promises/delete.ts";
import { testGet } from "./promises/get.ts";
import { testHead } from "./promises/head.ts";
import { testIfAbsent } from "./promises/if-absent.ts";
import { testKeys } from "./promises/keys.ts";
import { testLaziness } from "./promises/laziness.ts";
import { testList } from "./promises/list.ts";
import { testOrder } from "./promises/order.ts";
import { testPrefix } from "./promises/prefix.ts";
import { testPut } from "./promises/put.ts";
import { testSecrecy } from "./promises/secrecy.ts";
import { testStartAfter } from "./promises/start-after.ts";

/**
 * Registers the tests of the `ObjectStorage` contract with vitest: every verb and promise, each test on a fresh place.
 * Call it at the top level of a test file.
 *
 * @example
 * ```ts
 * testStorageContract({
 *   name: "LocalFsStorage",
 *   abilities: { keyBelowKey: false },
 *   createPlace: async () => {
 *     const basePath = await mkdtemp("contract-");
 *     return {
 *       open: ({ prefix } = {}) => new LocalFsStorage({ basePath, prefix }),
 *       [Symbol.asyncDispose]: () => rm(basePath, { recursive: true }),
 *     };
 *   },
 * });
 * ```
 */
export function testStorageContract(options: ContractOptions): void {
  const subject = createSubject(options);
  describe(options.name, () => {
    describe("put", () => testPut(subject));
    describe("put with ifAbsent", () => testIfAbsent(subject));
    describe("get", () => testGet(subject));
    describe("head", () => testHead(subject));
    describe("delete", () => testDelete(subject));
    describe("list", () => testList(subject));
    describe("list in order", () => testOrder(subject));
    describe("list with startAfter", () => testStartAfter(subject));
    describe("list lazily", () => testLaziness(subject));
    describe("keys", () => testKeys(subject));
    describe("prefix", () => testPrefix(subject));
    describe("atomicity", () => testAtomicity(subject));
    describe("abort", () => testAbort(subject));
    describe("close", () => testClose(subject));
    describe("secrecy", () => testSecrecy(subject));
  });
}
