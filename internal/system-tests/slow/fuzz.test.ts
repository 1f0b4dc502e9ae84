import { describe } from "vitest";
import { testFuzz } from "../test/fuzz-tests.ts";

describe("fuzzing, at length", () => testFuzz(Number(process.env["FUZZ_CASES"] ?? 500_000)));
