import { isMeteringError, MeteringError, type MeteringErrorCode } from "@metering/core";

const translations: Readonly<Record<string, readonly [code: MeteringErrorCode, message: string]>> = {
  ENOENT: ["not-found", "There is no such file."],
  EEXIST: ["already-exists", "A file stands there already; it was left as it was."],
  ENOTDIR: ["not-supported", "A file stands where the key needs a folder. Choose another key."],
  EISDIR: ["not-supported", "A folder stands where the key needs a file. Choose another key."],
  ELOOP: ["permission-denied", "A symbolic link stands in the way, and links are not followed. Replace it."],
  ENOLINK: ["not-supported", "This file system has no hard links, without which ifAbsent cannot be kept. Use another."],
  EACCES: ["permission-denied", "The file system refuses. Check owner and mode of the folder."],
  EPERM: ["permission-denied", "The file system refuses. Check owner and mode of the folder."],
  EROFS: ["permission-denied", "The file system is mounted read-only. Mount it writable."],
  ENOSPC: ["out-of-space", "The disk is full. Make room and repeat the call."],
  EDQUOT: ["out-of-space", "The disk quota is used up. Make room and repeat the call."],
  EFBIG: ["too-large", "The file would be larger than the file system allows."],
  ENAMETOOLONG: ["invalid-key", "The path is longer than the file system allows. Use shorter keys or base path."],
  EILSEQ: ["invalid-key", "The file system cannot hold a name with these characters."],
  EMFILE: ["unavailable", "Too many files are open. Repeat the call, or raise the limit of open files."],
  ENFILE: ["unavailable", "Too many files are open on this machine. Repeat the call later."],
  EAGAIN: ["unavailable", "The file system is busy. Repeat the call."],
  EBUSY: ["unavailable", "The file is in use. Repeat the call."],
  ESTALE: ["unavailable", "The network file system lost the file. Repeat the call."],
  ETIMEDOUT: ["timeout", "The file system did not answer in time. Repeat the call."],
};

/** An error that the system would report if it knew better. */
export class SystemError extends Error {
  readonly code: string;

  constructor(code: string, cause?: unknown) {
    super(code, { cause });
    this.code = code;
  }
}

/** The system's name of an error, such as `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** Whether the error says that nothing is at that path: no such name, or a file where a folder would have to be. */
export function isAbsence(error: unknown): boolean {
  const code = systemCode(error);
  return code === "ENOENT" || code === "ENOTDIR";
}

/** What the call gives, or `undefined` where it fails because nothing is there. */
export async function unlessAbsent<Result>(call: Promise<Result>): Promise<Result | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

/** What callers get for an error of the file system. Errors that are ours already pass through. */
export function toMeteringError(error: unknown, storage: string, key?: string): MeteringError {
  if (isMeteringError(error)) return error;
  const [code, message] = translations[systemCode(error) ?? ""] ?? [
    "storage-failure",
    "The file system failed; the cause says how.",
  ];
  return new MeteringError(code, `${message} (${storage}${key === undefined ? "" : `, key ${JSON.stringify(key)}`})`, {
    storage,
    key,
    cause: error,
  });
}
