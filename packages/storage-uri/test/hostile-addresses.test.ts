import { testHostileAddresses } from "./hostile-addresses.ts";

testHostileAddresses(Number(process.env["FUZZ_CASES"] ?? 5_000));
