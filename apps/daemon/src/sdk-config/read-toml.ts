import { readFileSync } from 'node:fs';
import { parse, TomlError } from 'smol-toml';
import { DaemonError } from '../errors.ts';
import { sdkConfigError, type TomlFile } from './toml-table.ts';

/** Deeper than any configuration. */
const MAX_DEPTH = 32;

/** A TOML file with what is in it by the names of its tables. */
export interface ParsedToml extends TomlFile {
  readonly tables: ReadonlyMap<string, unknown>;
}

/**
 * Reads a TOML file.
 *
 * @param path absolute
 * @throws DaemonError `AMOP_DAEMON_SDK_CONFIG` with file, line and what to do
 */
export function readToml(path: string): ParsedToml {
  const text = readText(path);
  try {
    return { path, text, tables: new Map(Object.entries(parse(text, { maxDepth: MAX_DEPTH }))) };
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    // The message goes on with the lines around it.
    const [what = ''] = cause.message.replace(/^Invalid TOML document: /, '').split('\n');
    throw sdkConfigError(path, cause.line, what, `look at column ${cause.column}`, cause);
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DaemonError(
      'AMOP_DAEMON_SDK_CONFIG',
      `cannot read ${path}: ${reason}`,
      { path, fix: 'give the file that the Java SDK reads, often conf/config.toml' },
      { cause },
    );
  }
}
