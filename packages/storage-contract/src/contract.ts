import { describe } from "vitest";
import { createSubject, type ContractOptions } from "./fixture.ts";
import { testAbort } from "./cases/abort.ts";
import { testAtomicity } from "./cases/atomicity.ts";
import { testClose } from "./cases/close.ts";
import { testDelete } from "./cases/delete.ts";
import { testFailure } from "./cases/failure.ts";
import { testGet } from "./cases/get.ts";
import { testHead } from "./cases/head.ts";
import { testIfAbsent } from "./cases/if-absent.ts";
import { testKeys } from "./cases/keys.ts";
import { testLaziness } from "./cases/laziness.ts";
import { testList } from "./cases/list.ts";
import { testOrder } from "./cases/order.ts";
import { testPrefix } from "./cases/prefix.ts";
import { testPut } from "./cases/put.ts";
import { testSecrecy } from "./cases/secrecy.ts";
import { testStartAfter } from "./cases/start-after.ts";

/**
 * Registers the tests of the `ObjectStorage` contract with vitest: every verb and promise, each test on a fresh fixture.
 * Call it at the top level of a test file.
 *
 * @example
 * ```ts
 * testStorageContract({
 *   name: "LocalFsStorage",
 *   abilities: { keyBelowKey: false },
 *   createFixture: async () => {
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
  describe(options.name, { timeout: options.timeoutMs ?? 120_000 }, () => {
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
    describe("failure", () => testFailure(subject));
  });
}
