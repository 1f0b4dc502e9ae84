/** Exact sums of metering values by category, tenant and name. */
export class Totals {
  #sums = new Map();

  add(category, { logical_cluster_id: tenant, ...values }) {
    for (const [name, { value }] of Object.entries(values)) {
      const key = `${category} ${tenant} ${name}`;
      this.#sums.set(key, (this.#sums.get(key) ?? 0n) + BigInt(value));
    }
  }

  get(category, tenant, name) {
    return this.#sums.get(`${category} ${tenant} ${name}`) ?? 0n;
  }

  get size() {
    return this.#sums.size;
  }

  /** What only one of the two has, or has with another total. */
  differences(other) {
    const keys = new Set([...this.#sums.keys(), ...other.#sums.keys()]);
    return [...keys].filter((key) => this.#sums.get(key) !== other.#sums.get(key));
  }
}
