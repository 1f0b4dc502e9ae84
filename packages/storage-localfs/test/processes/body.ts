/** The body of object `i`: its length and bytes tell what it must be. */
export const bodyOf = (i: number): Uint8Array => new Uint8Array(50_000 + i).fill(i % 251);
