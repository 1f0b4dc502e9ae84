/**
 * One run at a time for each key, shared by all who ask for it while it has not begun. Who asks during a run gets the
 * next one, since the one under way may have passed the point that matters to them.
 */
export function coalesce(run: (key: string) => Promise<void>): (key: string) => Promise<void> {
  const running = new Map<string, Promise<void>>();
  const waiting = new Map<string, Promise<void>>();

  const start = (key: string): Promise<void> => {
    const current = run(key).finally(() => running.delete(key));
    running.set(key, current);
    return current;
  };
  return (key) => {
    const queued = waiting.get(key);
    if (queued !== undefined) return queued;
    const current = running.get(key);
    if (current === undefined) return start(key);
    const startNext = (): Promise<void> => {
      waiting.delete(key);
      return start(key);
    };
    const next = current.then(startNext, startNext);
    waiting.set(key, next);
    return next;
  };
}
