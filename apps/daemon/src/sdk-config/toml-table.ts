import { DaemonError } from '../errors.ts';
import { type TomlPlace, tomlLine } from './toml-line.ts';

/** A TOML file that was read. */
export interface TomlFile {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
}

/** One table of a file, whose values are checked when they are asked for. */
export class TomlTable {
  readonly #file: TomlFile;
  readonly #place: TomlPlace;
  readonly #values: ReadonlyMap<string, unknown>;

  /** @param value the table as the parser gave it; anything that is no table is refused, nothing is an empty one */
  constructor(file: TomlFile, place: TomlPlace, value: unknown) {
    this.#file = file;
    this.#place = place;
    if (value !== undefined && !isTable(value)) {
      throw this.refusal(undefined, `[${place.table}] is no table`, `write [${place.table}]`);
    }
    this.#values = new Map(Object.entries(value ?? {}));
  }

  /** The text of a key, `undefined` when it is not there or empty. */
  text(key: string): string | undefined {
    const value = this.#values.get(key);
    if (value === undefined || value === '') return undefined;
    if (typeof value === 'string') return value;
    throw this.refusal(key, `${key} must be a text`, `write ${key} = "..."`);
  }

  /** The texts of a key, none when it is not there. */
  texts(key: string): readonly string[] {
    const value = this.#values.get(key) ?? [];
    if (Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== '')) {
      return value;
    }
    throw this.refusal(key, `${key} must be a list of texts`, `write ${key} = ["...", "..."]`);
  }

  /** The line of a key, or of the table. */
  line(key?: string): number {
    return tomlLine(this.#file.text, key === undefined ? this.#place : { ...this.#place, key });
  }

  /** The error for what a key says; it names file, line and what to do. */
  refusal(key: string | undefined, what: string, fix: string): DaemonError {
    return sdkConfigError(this.#file.path, this.line(key), what, fix);
  }
}

/** The error for a line of a configuration of the Java SDK. */
export function sdkConfigError(
  path: string,
  line: number,
  what: string,
  fix: string,
  cause?: unknown,
): DaemonError {
  return new DaemonError(
    'AMOP_DAEMON_SDK_CONFIG',
    `${path}:${line}: ${what}`,
    { path, line, fix },
    { cause },
  );
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
