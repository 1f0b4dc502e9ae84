import { testHostileAddresses } from "../test/hostile-addresses.ts";

testHostileAddresses(100_000);
