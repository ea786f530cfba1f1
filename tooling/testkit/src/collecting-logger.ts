import type { Logger } from '@amop/ports';

/** One line that was logged. */
export interface LogEntry {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly details: Record<string, unknown>;
  readonly message: string;
}

/** A logger that keeps its lines. */
export interface CollectingLogger extends Logger {
  /** All lines, oldest first. */
  readonly entries: LogEntry[];
}

/** A logger whose lines a test can look at. */
export function collectingLogger(): CollectingLogger {
  const entries: LogEntry[] = [];
  const line =
    (level: LogEntry['level']) =>
    (details: Record<string, unknown>, message: string): void => {
      entries.push({ level, details, message });
    };
  return {
    entries,
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
  };
}
