// What is used of Node, where there is one.
interface NodeProcess {
  readonly getBuiltinModule?: (id: "events") => {
    readonly setMaxListeners: (limit: number, target: AbortSignal) => void;
  };
}

/**
 * Says that many calls may listen to one signal at once. That is normal for a caller's signal, and Node 20 takes it for a
 * leak from the eleventh on and prints a warning.
 */
export function allowManyListeners(signal: AbortSignal | undefined): void {
  if (signal === undefined) return;
  const { process }: { readonly process?: NodeProcess } = globalThis;
  process?.getBuiltinModule?.("events").setMaxListeners(0, signal);
}
