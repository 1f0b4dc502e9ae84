const sampleEveryMs = 20;

/** Watches how much memory this process takes more than now. `end` gives the most that was seen, in bytes. */
export function watchMemory(): { readonly end: () => number } {
  const before = process.memoryUsage.rss();
  let peak = before;
  const sample = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const timer = setInterval(sample, sampleEveryMs);
  timer.unref();
  return {
    end() {
      clearInterval(timer);
      sample();
      return peak - before;
    },
  };
}
