import { LocalFsStorage } from "@metering/storage-localfs";
import { MeteringWriter } from "@metering/writer";
import { memfs } from "memfs";
import { expect, test } from "vitest";

test.each(["verify", "overwrite", "error"] as const)(
  "the first record makes the folder of a local storage, with ifExists %s",
  async (ifExists) => {
    const storage = new LocalFsStorage({ basePath: "/not/there/yet", fs: memfs().fs });
    const record = { timestamp: 1755850380, category: "tidb-server", selfId: "tidb01", data: [{ id: "a" }] };
    const written = await new MeteringWriter(storage, { ifExists }).write(record);
    expect(written.parts).toHaveLength(1);
  },
);
