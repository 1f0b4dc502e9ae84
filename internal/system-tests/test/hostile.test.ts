import { describe } from "vitest";
import { testHostileInput } from "./hostile-tests.ts";

describe("hostile input", () => testHostileInput(Number(process.env["HOSTILE_CASES"] ?? 20_000)));
