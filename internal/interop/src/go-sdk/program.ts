import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { parseJson, stringifyJson, type JsonObject, type JsonValue } from "@metering/core";
import { installed } from "../programs.ts";

/** A record as the Go SDK has it, on its way in and out. */
export type GoRecord = {
  readonly timestamp: number;
  readonly category: string;
  readonly self_id: string;
  readonly shared_pool_id?: string;
  readonly data: readonly (JsonObject | null)[] | null;
};

export type GoMetadata = {
  readonly cluster_id: string;
  readonly type: string;
  readonly category?: string;
  readonly modify_ts: number;
  readonly metadata: JsonObject | null;
};

/** The Go SDK in a process of its own. Each call rejects with Go's error. Calls are carried out one after the other. */
export interface GoSdk extends AsyncDisposable {
  write(record: GoRecord, pageSizeBytes?: number): Promise<unknown>;
  writeMetadata(version: GoMetadata): Promise<unknown>;
  /** Paths of the files of a minute. */
  list(timestamp: number): Promise<readonly string[]>;
  /** Files as Go's reader gives them: its numbers are float64. */
  read(paths: readonly string[]): Promise<readonly GoRecord[]>;
  /** A file as Go's JSON decodes it, with all digits. */
  readDigits(path: string): Promise<JsonObject>;
  /** The newest version until a time. Without a type, `Read`. */
  lookup(of: Pick<GoMetadata, "cluster_id" | "category"> & { type?: string; timestamp: number }): Promise<GoMetadata>;
}

/** @param storage the SDK's own configuration of a storage */
export function startGoSdk(storage: JsonObject): GoSdk {
  const program = spawn(installed("go-sdk"), {
    env: { ...process.env, METERING_STORAGE: stringifyJson(storage) },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const answers = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  let last: Promise<unknown> = Promise.resolve();

  async function nextAnswer(): Promise<JsonValue> {
    const { done, value } = await answers.next();
    if (done) throw new Error("The program ended.");
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- that is what our own program prints
    const { result, error } = parseJson(value) as { readonly result?: JsonValue; readonly error?: string };
    if (error !== undefined) throw new Error(error);
    return result ?? null;
  }

  /** What the program answers is typed by whoever calls it. */
  function call<Result>(name: string, parameters: JsonValue): Promise<Result> {
    program.stdin.write(`${stringifyJson({ call: name, with: parameters })}\n`);
    const answer = last.then(nextAnswer, nextAnswer);
    last = answer.catch(() => undefined);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- likewise
    return answer as Promise<Result>;
  }

  return {
    write: (record, pageSizeBytes = 0) => call("write", { record, page_size_bytes: pageSizeBytes }),
    writeMetadata: (version) => call("writeMetadata", version),
    async list(timestamp) {
      const byCategory = await call<Readonly<Record<string, readonly string[]>>>("list", timestamp);
      return Object.values(byCategory).flat();
    },
    read: (paths) => call("read", paths),
    readDigits: (path) => call("readDigits", path),
    lookup: (of) => call("lookup", of),
    async [Symbol.asyncDispose]() {
      program.stdin.end();
      await last;
    },
  };
}
