// A scan of a day of small files on a real S3 server, with latency added, against listing and reading one after the other.
//
//   npm run bench:s3
import { MeteringReader } from "@metering/reader";
import { MeteringWriter } from "@metering/writer";
import { minute, regularElement } from "./data.mjs";
import { startLatency } from "./latency.mjs";
import { createBucket } from "./place.mjs";

const minutes = 1440;
const filesPerMinute = 20;
// One after the other takes minutes at 20 ms: a few are enough to tell its pace.
const plainMinutes = 5;

const place = await createBucket();
const writer = new MeteringWriter(place.storage);
const began = performance.now();
for (let i = 0; i < minutes; i += 3) {
  const writes = [];
  for (let m = i; m < i + 3; m++) {
    for (let n = 0; n < filesPerMinute; n++) {
      const record = {
        timestamp: minute + m * 60,
        category: n % 2 ? "tidb-server" : "tikv-server",
        selfId: `node${n}`,
        data: [regularElement(n)],
      };
      writes.push(writer.write(record));
    }
  }
  await Promise.all(writes);
  if (i % 240 === 0) process.stderr.write(`writing ${Math.round((i / minutes) * 100)} %\n`);
}
const seconds = (performance.now() - began) / 1000;
console.log(
  `${minutes * filesPerMinute} files written in ${seconds.toFixed(1)} s, 60 at once: ${Math.round((minutes * filesPerMinute) / seconds)} files/s\n`,
);
console.log("| added latency | scan, 32 at once | one after the other | ratio |\n| --- | --- | --- | --- |");
for (const latencyMs of [0, 5, 20]) {
  const proxy = await startLatency(place.endpoint, latencyMs);
  const distant = place.open(proxy.endpoint);
  const reader = new MeteringReader(distant, { concurrency: 32 });

  let start = performance.now();
  let files = 0;
  for await (const record of reader.scan({ from: minute, to: minute + minutes * 60 })) files += record.data.length;
  if (files !== minutes * filesPerMinute) throw new Error(`scanned ${files}`);
  const scanPace = files / ((performance.now() - start) / 1000);

  start = performance.now();
  files = 0;
  for (let m = 0; m < plainMinutes; m++) {
    const { files: listed } = await reader.listFilesByTimestamp(minute + m * 60);
    for (const group of listed.values()) for (const { key } of group) files += (await reader.readFile(key)).data.length;
  }
  if (files !== plainMinutes * filesPerMinute) throw new Error(`read ${files}`);
  const plainPace = files / ((performance.now() - start) / 1000);

  console.log(
    `| ${latencyMs} ms | ${Math.round(scanPace)} files/s | ${Math.round(plainPace)} files/s | ${(scanPace / plainPace).toFixed(1)} |`,
  );
  await distant.close();
  proxy.close();
}
await place.close();
