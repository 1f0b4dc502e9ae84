export { collect, createStorage, overriding, storedKeys } from "./storages.ts";
