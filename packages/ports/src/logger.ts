/**
 * Writes one line of a log: details first (`peer`, `topic`, `seq` when known), then a sentence.
 *
 * Details never hold a key, a payload or the input of a signature.
 */
export type LogLine = (details: Record<string, unknown>, message: string) => void;

/** Where the libraries write to. `pino` and `console`-like loggers fit as they are. */
export interface Logger {
  /** Per message: what happened to it. */
  debug(details: Record<string, unknown>, message: string): void;
  /** Rare changes of state. */
  info(details: Record<string, unknown>, message: string): void;
  /** May become an error. */
  warn(details: Record<string, unknown>, message: string): void;
  /** A person must act. */
  error(details: Record<string, unknown>, message: string): void;
}

const ignore: LogLine = () => {};

/** A logger that throws every line away: the default of every package. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
