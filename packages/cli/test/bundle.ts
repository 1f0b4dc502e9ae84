import { bundleCommand } from "../bundle.mjs";

/** Makes the program that tests start as a process. */
export default async function setup(): Promise<void> {
  await bundleCommand();
}
