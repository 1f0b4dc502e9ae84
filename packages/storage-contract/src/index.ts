export { testStorageContract } from "./contract.ts";
export type { Abilities, ContractOptions, Place } from "./place.ts";
