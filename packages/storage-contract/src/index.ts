export { testStorageContract } from "./contract.ts";
export type { Abilities, ContractOptions, Fixture } from "./fixture.ts";
