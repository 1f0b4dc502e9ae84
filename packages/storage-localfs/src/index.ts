export type { FileStats, FileSystem, FolderEntry } from "./file-system.ts";
export { LocalFsStorage } from "./local-fs-storage.ts";
export type { LocalFsStorageOptions } from "./options.ts";
