import { vi } from "vitest";

/** 2025-08-22T08:13:00Z in Unix milliseconds: the start of a minute. */
export const start = 1_755_850_380_000;

/** Lets the test turn the clock and all timers. */
export function useClock(atMs = start): void {
  vi.useFakeTimers({ now: atMs, toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "Date"] });
}

/** Lets time pass, timers and what they start included. */
export async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

/** Sets the clock without letting any timer run, as a step of the system's clock does. */
export function step(toMs: number): void {
  vi.setSystemTime(toMs);
}
