// Runs the service three times: ended by SIGTERM, killed, and started once more. Then compares what is in the bucket with what
// the clients saw.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { openStorage } from "@metering/example-storage";
import { componentOf, MeteringReader, sumValues, toMinute } from "@metering/reader";

const began = toMinute(new Date());
const selfIds = new Set();
const tenants = ["c-1", "c-2", "c-3"];
/** What the clients saw: by tenant and meter. */
const seen = new Map();
const see = (tenant, meter, amount) => {
  const key = `${tenant} ${meter}`;
  seen.set(key, (seen.get(key) ?? 0n) + BigInt(amount));
};

async function startService() {
  const child = spawn(process.execPath, [join(import.meta.dirname, "service.mjs")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const [address, selfId] = line.split(" ");
  selfIds.add(selfId);
  return {
    async use(count) {
      for (let i = 0; i < count; i++) {
        const tenant = tenants[i % tenants.length];
        const response = await fetch(address, { headers: { "x-tenant": tenant } });
        const body = await response.arrayBuffer();
        see(tenant, "requests", 1);
        see(tenant, "bytes_out", body.byteLength);
      }
    },
    async end(signal) {
      child.kill(signal);
      await once(child, "exit");
    },
  };
}

console.log("First run: 90 requests, then SIGTERM");
const first = await startService();
await first.use(90);
await first.end("SIGTERM");

console.log("Second run: 60 requests, then SIGKILL half a second later");
const second = await startService();
await second.use(60);
// The open minute is kept every 100 ms. What was counted since is what a kill can cost.
await wait(500);
await second.end("SIGKILL");

console.log("Third run: finds what the second one left, 30 requests, then SIGTERM\n");
const third = await startService();
await third.use(30);
await third.end("SIGTERM");

const storage = await openStorage(import.meta.dirname);
try {
  const scan = new MeteringReader(storage).scan({ from: began, to: toMinute(new Date()) + 120 });
  const records = [];
  for await (const record of scan) if (selfIds.has(record.selfId) && record.data.length > 0) records.push(record);
  for (const { timestamp, selfId, data } of records) {
    const minute = new Date(timestamp * 1000).toISOString().slice(11, 16);
    console.log(`${minute}  ${selfId}  run of ${componentOf(selfId)}  ${data.length} tenants`);
  }

  const totals = await sumValues(
    records.flatMap(({ data }) => data),
    ({ element, name }) => `${element.cluster_id} ${name}`,
  );
  console.log("\ntenant  meter        clients saw   in the bucket");
  let differences = 0;
  for (const [key, amount] of [...seen].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const stored = totals.get(key)?.value ?? 0n;
    if (stored !== amount) differences++;
    const [tenant, meter] = key.split(" ");
    console.log(`${tenant.padEnd(8)}${meter.padEnd(13)}${String(amount).padStart(11)}${String(stored).padStart(16)}`);
  }
  if (differences > 0) throw new Error(`${differences} totals differ`);
  console.log(`\n${seen.size} totals are exactly what the clients saw, after one SIGTERM and one SIGKILL.`);
} finally {
  await storage.close();
}
