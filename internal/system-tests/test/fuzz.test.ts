import { describe } from "vitest";
import { testFuzz } from "./fuzz-tests.ts";

describe("fuzzing", () => testFuzz(Number(process.env["FUZZ_CASES"] ?? 4_000)));
