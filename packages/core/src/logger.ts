/**
 * Where the packages say what they skipped or had to repeat. One line of text a call, so that `console`, pino and
 * winston loggers fit as they are.
 */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

const ignore = (): void => {};

/** Says nothing: the default everywhere. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
