import { testStorageContract } from "@metering/storage-contract";
import { createFixture } from "./fixture.ts";

testStorageContract({ name: "MemoryStorage", createFixture: () => createFixture() });
