import nodeFs from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startAzureTestServer, type Fault as AzureFault } from "@metering/azure-test-server";
import { silentLogger, type Logger, type ObjectStorage } from "@metering/core";
import { startOssTestServer, type Fault as OssFault } from "@metering/oss-test-server";
import { startS3TestServer, s3Faults, type Fault as S3Fault } from "@metering/s3-test-server";
import { AzureStorage } from "@metering/storage-azure";
import { LocalFsStorage, type FileSystem } from "@metering/storage-localfs";
import { OssStorage } from "@metering/storage-oss";
import { S3Storage } from "@metering/storage-s3";

/** An adapter on a place of its own, with what can be made to go wrong with it. */
export interface Backend extends AsyncDisposable {
  /** A healthy handle on the place. */
  readonly healthy: ObjectStorage;
  /** A handle on the same place, whose next so many calls meet the fault. */
  open(fault: string, times: number): ObjectStorage;
  /** Ends the fault. */
  heal(): void;
  /** What must show up nowhere. */
  readonly secrets: readonly string[];
  /** Lines that the adapter logged. */
  readonly log: readonly string[];
}

function createLog(): { readonly lines: string[]; readonly logger: Logger } {
  const lines: string[] = [];
  const add = (line: string): void => void lines.push(line);
  return { lines, logger: { ...silentLogger, debug: add, info: add, warn: add, error: add } };
}

// Short, so that what never answers does not take long to tell.
const impatience = { timeoutMs: 400, connectTimeoutMs: 400, maxAttempts: 2 };

/** An adapter, and everything that is made to go wrong with it. A new adapter is one more of these. */
export interface BackendKind {
  readonly name: string;
  readonly faults: readonly string[];
  readonly create: () => Promise<Backend>;
}

const diskFaults: Readonly<Record<string, readonly [code: string, calls: readonly string[], after: boolean]>> = {
  "error before the store": ["EIO", ["link", "rename"], false],
  "error after the store": ["EIO", ["link", "rename"], true],
  "no permission": ["EACCES", ["open", "readdir"], false],
  "disk full": ["ENOSPC", ["write"], false],
  "read-only disk": ["EROFS", ["open", "mkdir"], false],
  "too many open files": ["EMFILE", ["open", "readdir"], false],
  "input/output error": ["EIO", ["read", "fsync", "readdir"], false],
};

const localFs: BackendKind = {
  name: "the local filesystem",
  faults: Object.keys(diskFaults),
  async create() {
    const basePath = await mkdtemp(join(tmpdir(), "metering-trust-"));
    const opened: ObjectStorage[] = [];
    const open = (fs?: FileSystem): ObjectStorage => {
      const storage = new LocalFsStorage({ basePath, ...(fs === undefined ? {} : { fs }) });
      opened.push(storage);
      return storage;
    };
    return {
      healthy: open(),
      open(fault, times) {
        const [code, calls, after] = diskFaults[fault] ?? ["EIO", [], false];
        let left = times;
        return open(failing(calls, code, after, () => left-- > 0, fault === "read-only disk"));
      },
      heal() {},
      secrets: [],
      log: [],
      async [Symbol.asyncDispose]() {
        for (const storage of opened) await storage.close();
        await rm(basePath, { recursive: true, force: true });
      },
    };
  },
};

const s3FaultPlan: Readonly<Record<string, S3Fault>> = {
  "error before the store": { kind: "cut-before" },
  "error after the store": { kind: "lose-answer" },
  slow: { kind: "hang" },
  "cut response": { kind: "cut-body", afterBytes: 20 },
  "damaged response": { kind: "damage-body" },
  "no permission": s3Faults.accessDenied,
  "internal error": s3Faults.internalError,
  "slow down": s3Faults.slowDown,
  conflict: s3Faults.conditionalConflict,
};
const elsewhere = {
  "no bucket": { bucket: "no-such-bucket" },
  "no such host": { endpoint: "http://no-such-host.invalid" },
};

const s3: BackendKind = {
  name: "S3",
  faults: [...Object.keys(s3FaultPlan), ...Object.keys(elsewhere)],
  async create() {
    const server = await startS3TestServer();
    const { endpoint, region, credentials } = server;
    const { lines, logger } = createLog();
    const opened: S3Storage[] = [];
    const open = (options: object = {}): S3Storage => {
      const storage = new S3Storage({
        bucket: "metering",
        endpoint,
        region,
        credentials,
        forcePathStyle: true,
        logger,
        ...options,
      });
      opened.push(storage);
      return storage;
    };
    return {
      healthy: open(),
      open(fault, times) {
        const planned = s3FaultPlan[fault];
        // A listing carries no checksum; that it arrives as it was sent is for TLS to see to.
        const operation = planned?.kind === "damage-body" ? { operation: "GetObject" as const } : {};
        if (planned !== undefined) server.fail(planned, { times, ...operation });
        return open({ ...impatience, ...Object.entries(elsewhere).find(([name]) => name === fault)?.[1] });
      },
      heal: () => server.heal(),
      secrets: [credentials.secretAccessKey],
      log: lines,
      async [Symbol.asyncDispose]() {
        for (const storage of opened) await storage.close();
        await server.close();
      },
    };
  },
};

const ossFaultPlan: Readonly<Record<string, OssFault>> = {
  "error before the store": { kind: "cut-before-store" },
  "error after the store": { kind: "lost-response" },
  slow: { kind: "slow", delayMs: 60_000 },
  "cut response": { kind: "cut-body" },
  "damaged response": { kind: "corrupt-body" },
  "no permission": { kind: "error", status: 403, code: "AccessDenied" },
  "internal error": { kind: "error", status: 500, code: "InternalError" },
  "slow down": { kind: "error", status: 503, code: "SlowDown" },
};

const oss: BackendKind = {
  name: "OSS",
  faults: [...Object.keys(ossFaultPlan), ...Object.keys(elsewhere)],
  async create() {
    const server = await startOssTestServer();
    const { bucket, region, endpoint, credentials } = server;
    const { lines, logger } = createLog();
    const opened: OssStorage[] = [];
    const open = (options: object = {}): OssStorage => {
      const storage = new OssStorage({ bucket, region, endpoint, credentials, logger, ...options });
      opened.push(storage);
      return storage;
    };
    return {
      healthy: open(),
      open(fault, times) {
        const planned = ossFaultPlan[fault];
        // A listing carries no checksum; that it arrives as it was sent is for TLS to see to.
        if (planned !== undefined) server.faults.add(planned.kind === "corrupt-body" ? "get" : "any", planned, times);
        return open({ ...impatience, ...Object.entries(elsewhere).find(([name]) => name === fault)?.[1] });
      },
      heal: () => server.faults.clear(),
      secrets: [credentials.accessKeySecret],
      log: lines,
      async [Symbol.asyncDispose]() {
        for (const storage of opened) await storage.close();
        await server.stop();
      },
    };
  },
};

const azureFaultPlan: Readonly<Record<string, AzureFault>> = {
  "error before the store": { kind: "cut-before-store" },
  "error after the store": { kind: "lost-response" },
  slow: { kind: "slow", delayMs: 60_000 },
  "cut response": { kind: "cut-body" },
  "damaged response": { kind: "corrupt-body" },
  "no permission": { kind: "error", status: 403, code: "AuthorizationPermissionMismatch" },
  "internal error": { kind: "error", status: 500, code: "InternalError" },
  "slow down": { kind: "error", status: 503, code: "ServerBusy" },
};
const elsewhereOnAzure = {
  "no container": { container: "no-such-container" },
  "no such host": { endpoint: "http://no-such-host.invalid" },
};

const azure: BackendKind = {
  name: "Azure",
  faults: [...Object.keys(azureFaultPlan), ...Object.keys(elsewhereOnAzure)],
  async create() {
    const server = await startAzureTestServer();
    const { container, endpoint, accountName, accountKey } = server;
    const { lines, logger } = createLog();
    const opened: AzureStorage[] = [];
    const open = (options: object = {}): AzureStorage => {
      const storage = new AzureStorage({ container, endpoint, accountName, accountKey, logger, ...options });
      opened.push(storage);
      return storage;
    };
    return {
      healthy: open(),
      open(fault, times) {
        const planned = azureFaultPlan[fault];
        // A listing carries no checksum; that it arrives as it was sent is for TLS to see to.
        if (planned !== undefined) server.faults.add(planned.kind === "corrupt-body" ? "get" : "any", planned, times);
        return open({ ...impatience, ...Object.entries(elsewhereOnAzure).find(([name]) => name === fault)?.[1] });
      },
      heal: () => server.faults.clear(),
      secrets: [accountKey],
      log: lines,
      async [Symbol.asyncDispose]() {
        for (const storage of opened) await storage.close();
        await server.stop();
      },
    };
  },
};

export const backends: readonly BackendKind[] = [localFs, s3, oss, azure];

/** Node's file system, some calls of which fail with a system's code: before they are made, or after. */
function failing(
  calls: readonly string[],
  code: string,
  after: boolean,
  isDue: () => boolean,
  onlyToWrite: boolean,
): FileSystem {
  const fail = (name: string): Error => Object.assign(new Error(`${code}: planned`), { code, syscall: name });
  const wrap =
    (name: string, call: (...args: unknown[]) => void) =>
    (...args: unknown[]): void => {
      const done = args.pop() as (error: Error | null, result?: unknown) => void;
      const reads = onlyToWrite && name === "open" && args[1] === nodeFs.constants.O_RDONLY;
      if (!calls.includes(name) || reads || !isDue()) call(...args, done);
      else if (after) call(...args, () => done(fail(name)));
      else setImmediate(done, fail(name));
    };
  return new Proxy(nodeFs, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" && typeof name === "string" ? wrap(name, value.bind(target)) : value;
    },
  });
}
