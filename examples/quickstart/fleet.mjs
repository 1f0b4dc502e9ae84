// A small fleet and what its tenants use: made up, but the same in every run.

/** A generator of numbers from 0 to 1 that always gives the same ones (mulberry32). */
function createRandom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = createRandom(20250822);
const upTo = (limit) => Math.floor(random() * limit);

export const tenants = Array.from({ length: 36 }, (_, i) => `lc-${String(i + 1).padStart(3, "0")}`);

/** Load rises and falls once within the hour. */
const load = (minute) => 0.4 + 0.6 * Math.sin((minute / 60) * Math.PI);

/** What each kind of component measures for one tenant in one minute of the hour. */
const usageOf = {
  "tidb-server": (minute) => ({
    compute: { value: upTo(60_000 * load(minute)), unit: "RU" },
    requests: { value: upTo(25_000 * load(minute)), unit: "requests" },
    bytes_out: { value: upTo(400_000_000), unit: "bytes" },
  }),
  // Byte-minutes of a large store are beyond 2^53: a double would round them.
  "tikv-server": () => ({
    stored: { value: 9_007_199_254_740_993n + BigInt(upTo(1_000_000_007)), unit: "byte-minutes" },
    reads: { value: upTo(90_000), unit: "requests" },
    writes: { value: upTo(30_000), unit: "requests" },
  }),
  pd: () => ({ regions: { value: upTo(4_000), unit: "regions" } }),
};

/** The components of the fleet. A pool is set where services on the Go SDK have to see the records. */
export const components = [
  ...["tidb01", "tidb02", "tidb03"].map((selfId) => ({ category: "tidb-server", selfId })),
  ...["tikv01", "tikv02", "tikv03"].map((selfId) => ({ category: "tikv-server", selfId, sharedPoolId: "pool-1" })),
  { category: "pd", selfId: "pd01" },
];

/** What one component measured in one minute: one element for each tenant that was active. */
export function measure({ category }, minute) {
  return tenants
    .filter(() => random() < 0.8)
    .map((tenant) => ({ logical_cluster_id: tenant, ...usageOf[category](minute) }));
}

/** Requests that a gateway serves in one minute: tenant and amount, tenants again and again. */
export function measureRequests(minute) {
  return Array.from({ length: 100 }, () => [tenants[upTo(tenants.length)], upTo(50 * load(minute)) + 1]);
}
