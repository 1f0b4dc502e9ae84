/**
 * Told what the packages left out or retried. Each call gets one line of text, so `console`, pino and winston loggers fit
 * as they are.
 */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

const levels = ["debug", "info", "warn", "error"] as const satisfies readonly (keyof Logger)[];

/** The rule that an option `logger` breaks, or `undefined`. */
export function loggerProblem(value: unknown): string | undefined {
  const isLogger =
    typeof value === "object" &&
    value !== null &&
    levels.every((level) => typeof Reflect.get(value, level) === "function");
  return isLogger ? undefined : "must have the methods debug, info, warn and error";
}

const ignore = (): void => {};

/** Logs nothing. The default everywhere. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
