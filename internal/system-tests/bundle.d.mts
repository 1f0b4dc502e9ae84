/** Bundles files of `test/programs`, named without their ending, and gives the folder with each as `NAME.mjs`. */
export function bundlePrograms(names: readonly string[], outdir?: string): Promise<string>;
