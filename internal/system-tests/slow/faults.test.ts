import { describe } from "vitest";
import { testFaults } from "../test/fault-tests.ts";

describe("a fault that stays", () => testFaults(Infinity));
