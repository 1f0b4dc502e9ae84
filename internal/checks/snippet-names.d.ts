// What snippets may use without declaring it: names that say by themselves what they stand for.
import type * as files from "node:fs/promises";
import type { MeteringElement, MeteringRecord, ObjectStorage } from "@metering/core";
import type { OssCredentials } from "@metering/storage-oss";
import type { MeteringWriter } from "@metering/writer";

declare global {
  const storage: ObjectStorage;
  const inner: ObjectStorage;
  const record: MeteringRecord;
  const elements: AsyncIterable<MeteringElement>;
  const writer: MeteringWriter;

  const bucket: string;
  const region: string;
  const roleArn: string;
  const accessKeyId: string;
  const accessKeySecret: string;
  const securityToken: string;
  const myKeys: () => Promise<OssCredentials>;

  const mkdtemp: typeof files.mkdtemp;
  const rm: typeof files.rm;
}
