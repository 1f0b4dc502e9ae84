import { describe } from "vitest";
import { testHostileInput } from "../test/hostile-tests.ts";

describe("hostile input, at length", () => testHostileInput(Number(process.env["HOSTILE_CASES"] ?? 500_000)));
