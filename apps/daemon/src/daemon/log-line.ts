import { styleText } from 'node:util';
import { formatTime, printableLine } from '../output/text.ts';

/** Members of a pino line that are not details of the event. */
const FRAME: ReadonlySet<string> = new Set(['level', 'time', 'pid', 'hostname', 'msg']);

/** The caller has decided on colours; stdout is not asked again. */
const EVEN_WITHOUT_TTY = { validateStream: false } as const;

/** pino's numbers for its levels. */
const LEVELS = { debug: 20, info: 30, warn: 40, error: 50, fatal: 60 } as const;

/**
 * One pino JSON line as a line for people: `12:00:01.123 INFO  message key=value ...`, newline included.
 *
 * @param line one JSON object as pino writes it; anything else comes back as it is
 */
export function formatLogLine(line: string, colours: boolean): string {
  const record = parseRecord(line);
  if (record === undefined) return line;
  const level = Number(record.get('level'));
  const name = levelName(level).toUpperCase().padEnd(5);
  const shownName = colours ? colourOf(level, name) : name;
  const parts = [formatTime(new Date(Number(record.get('time')))), shownName];
  parts.push(printableLine(String(record.get('msg') ?? '')));
  for (const [key, value] of record) {
    if (!FRAME.has(key)) parts.push(`${key}=${formatDetail(key, value)}`);
  }
  return `${parts.join(' ')}\n`;
}

function parseRecord(line: string): Map<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return new Map(Object.entries(value));
  } catch {
    // Not JSON: shown as it is.
  }
  return undefined;
}

function levelName(level: number): string {
  if (level >= LEVELS.fatal) return 'fatal';
  if (level >= LEVELS.error) return 'error';
  if (level >= LEVELS.warn) return 'warn';
  return level >= LEVELS.info ? 'info' : 'debug';
}

function colourOf(level: number, text: string): string {
  if (level >= LEVELS.error) return styleText('red', text, EVEN_WITHOUT_TTY);
  return level >= LEVELS.warn
    ? styleText('yellow', text, EVEN_WITHOUT_TTY)
    : styleText('green', text, EVEN_WITHOUT_TTY);
}

/** As `formatValue`, other nodes' IDs shortened: 16 of their 128 digits tell them apart. */
function formatDetail(key: string, value: unknown): string {
  if (key !== 'nodeId' && typeof value === 'string' && /^[0-9a-f]{128}$/.test(value)) {
    return `${value.slice(0, 16)}...`;
  }
  return formatValue(value);
}

/** Text as it is where it has no spaces; an error as its message and code; anything else as JSON. */
function formatValue(value: unknown): string {
  if (typeof value === 'string' && /^[^\s"=]+$/.test(value)) return printableLine(value);
  if (typeof value === 'object' && value !== null && 'message' in value) {
    const code = 'code' in value ? ` (${String(value.code)})` : '';
    return JSON.stringify(`${String(value.message)}${code}`);
  }
  return printableLine(JSON.stringify(value));
}
