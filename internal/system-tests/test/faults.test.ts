import { describe } from "vitest";
import { testFaults } from "./fault-tests.ts";

describe("a fault that strikes once", () => testFaults(1));
