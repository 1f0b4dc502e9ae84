export { testStorageContract } from "./contract.ts";
export { withFaults, type Fault, type FaultyStorage, type StorageCall, type Verb } from "./faults.ts";
export type { Abilities, ContractOptions, Place } from "./place.ts";
