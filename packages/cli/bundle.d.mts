export function bundleCommand(outdir?: string): Promise<string>;
