import { type Logger as PinoLogger, pino, stdSerializers } from 'pino';
import type { Terminal } from '../terminal.ts';
import { formatLogLine } from './log-line.ts';

/** Levels that `--log-level` takes, the quietest last. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** One of the levels. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** How the log is written. */
export interface LogOptions {
  readonly level: LogLevel;
  /** JSON lines also on a terminal. */
  readonly json: boolean;
}

/** A log on stdout: pino's JSON lines, or lines for people when stdout is a terminal. Every line is out at once. */
export function createLog(options: LogOptions, terminal: Terminal): PinoLogger {
  const serializers = { err: stdSerializers.err, error: stdSerializers.err };
  const colours = (terminal.env.NO_COLOR ?? '') === '';
  const people = terminal.isTty.stdout && !options.json;
  return pino(
    { level: options.level, serializers },
    {
      write: (line: string) => {
        terminal.out(people ? formatLogLine(line, colours) : line);
      },
    },
  );
}
