export { collect, overriding, storedKeys } from "./storages.ts";
