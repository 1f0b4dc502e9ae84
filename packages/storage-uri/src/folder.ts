import { refuse, refuseMisplacedSecret } from "./refuse.ts";

const isWindowsPath = (path: string): boolean => /^[a-z]:[\\/]|^\\\\|^\.{1,2}\\/i.test(path);

/**
 * Whether an address is the path of a folder. It must begin like one, so that neither a word nor a mistyped scheme
 * (`s3:/bucket`) makes a new folder.
 */
export const isFolder = (address: string): boolean => /^(\/|\.{1,2}(\/|$))/.test(address) || isWindowsPath(address);

/** Checks a path that stands in place of an address. */
export function checkFolder(path: string): string {
  if (process.platform !== "win32" && isWindowsPath(path)) {
    refuse("it is a path of Windows, and this is another system.");
  }
  if (path.includes("?")) {
    refuse(
      'the path of a folder takes no parameters. Write "file:///folder?prefix=…" with an absolute path, and %3F for a ? in the path.',
    );
  }
  refuseMisplacedSecret(path);
  return path;
}
