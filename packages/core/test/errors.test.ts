import { inspect } from "node:util";
import { isMeteringError, MeteringError, parseOptions, silentLogger, toMinute, type Logger } from "@metering/core";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";

describe("an error", () => {
  const cause = new Error("underneath");
  const error = new MeteringError("throttled", "Slow down.", { key: "k", storage: "s3://b", cause });

  it("has code, key, storage, cause and retryable", () => {
    expect(error).toMatchObject({ code: "throttled", key: "k", storage: "s3://b", cause, retryable: true });
    expect(new MeteringError("not-found", "Gone.").retryable).toBe(false);
  });

  it("is recognised across copies of the package, and by its code", async () => {
    const path: string = "../src/errors.ts?copy";
    const copy: typeof import("../src/errors.ts") = await import(path);
    const foreign = new copy.MeteringError("conflict", "At once.");
    expect(foreign instanceof MeteringError).toBe(false);
    expect(isMeteringError(foreign)).toBe(true);
    expect(isMeteringError(foreign, "conflict")).toBe(true);
    expect(isMeteringError(foreign, "timeout")).toBe(false);
  });

  it.each([undefined, null, "conflict", new Error("x"), { code: "conflict" }])("is not %s", (other) => {
    expect(isMeteringError(other)).toBe(false);
  });

  it("goes into a structured log without stack and cause", () => {
    expect(JSON.parse(JSON.stringify(error))).toStrictEqual({
      name: "MeteringError",
      code: "throttled",
      message: "Slow down.",
      key: "k",
      storage: "s3://b",
      retryable: true,
    });
  });
});

describe("options", () => {
  const schema = z.strictObject({
    bucket: z.string("must be a string").check(z.minLength(3, "must have 3 characters or more")),
    credentials: z.optional(
      z.strictObject({ secretAccessKey: z.string("must be a string").check(z.minLength(20, "is too short")) }),
    ),
  });

  it("that break rules are rejected together, with each field named", () => {
    expect(() => parseOptions(schema, { bucket: "b", credentials: 5, prefx: "p" }, "Thing")).toThrow(
      expect.objectContaining({ code: "invalid-argument", message: expect.stringMatching(/Thing.*bucket.*prefx/s) }),
    );
  });

  it("never show an address, which may contain a password", () => {
    const url = z.strictObject({ endpoint: z.string().check(z.refine(() => false, "must be a URL")) });
    expect(() => parseOptions(url, { endpoint: "https://user:canary@host" }, "Thing")).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("canary") }),
    );
  });

  it("never show a secret", () => {
    const attempt = () =>
      parseOptions(schema, { bucket: "bucket", credentials: { secretAccessKey: "canary" } }, "Thing");
    expect(attempt).toThrow(expect.objectContaining({ code: "invalid-argument" }));
    try {
      attempt();
    } catch (error) {
      expect(inspect(error, { depth: 10 })).not.toContain("canary");
    }
  });
});

it("a moment belongs to one minute", () => {
  expect(toMinute(new Date("2025-08-22T08:13:42.999Z"))).toBe(1755850380);
  expect(toMinute(new Date(60_000))).toBe(60);
  expect(() => toMinute(new Date(59_999))).toThrow(expect.objectContaining({ code: "invalid-argument" }));
  expect(() => toMinute(new Date(Number.NaN))).toThrow(expect.objectContaining({ code: "invalid-argument" }));
});

it("console is a logger, and the default one is silent", () => {
  const logger: Logger = console;
  expect(logger).toBeDefined();
  expect(silentLogger.warn("nothing")).toBeUndefined();
});
