import { readFileSync } from 'node:fs';
import { parse } from 'ini';
import { NodeError } from '../errors.ts';
import { cleanIniText } from './ini-lines.ts';
import { nearestName } from './nearest-name.ts';

/** Text values of a `config.ini`, looked up by section and key; remembers what was asked for. */
export class IniFile {
  readonly path: string;
  readonly #sections: ReadonlyMap<string, Map<string, string>>;
  readonly #known = new Set<string>();

  constructor(path: string, text: string) {
    this.path = path;
    const sections = new Map<string, Map<string, string>>();
    for (const [section, body] of Object.entries(parse(cleanIniText(path, text)))) {
      if (typeof body !== 'object' || body === null) continue;
      const keys = Object.entries(body).map(([key, value]): [string, string] => [
        key,
        textOf(value),
      ]);
      sections.set(section, new Map(keys));
    }
    this.#sections = sections;
  }

  /** Names of the sections, in the order of the file. */
  get sections(): string[] {
    return [...this.#sections.keys()];
  }

  /** @throws NodeError `AMOP_NODE_CONFIG_FILE` when the file cannot be read, `AMOP_NODE_CONFIG_VALUE` for a broken line */
  static read(path: string): IniFile {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (cause) {
      throw new NodeError(
        'AMOP_NODE_CONFIG_FILE',
        `cannot read the configuration ${path}: ${reasonOf(cause)}`,
        { file: path, fix: fixOf(cause, 'name an existing config.ini; `amop certs` makes one') },
        cause,
      );
    }
    return new IniFile(path, text);
  }

  /** The value of the first of `names` (each `section.key`) that is set and not empty. */
  get(...names: readonly string[]): { readonly name: string; readonly value: string } | undefined {
    for (const name of names) this.#known.add(name);
    for (const name of names) {
      const [section, key] = split(name);
      const value = this.#sections.get(section)?.get(key)?.trim();
      if (value !== undefined && value !== '') return { name, value };
    }
    return undefined;
  }

  /** Values of numbered keys such as `node.0`, `node.1` of a section, in the order of the file. */
  list(section: string, prefix: string): { readonly name: string; readonly value: string }[] {
    const found: { name: string; value: string }[] = [];
    for (const [key, value] of this.#sections.get(section) ?? []) {
      if (!key.startsWith(`${prefix}.`)) continue;
      this.#known.add(`${section}.${key}`);
      if (value.trim() !== '') found.push({ name: `${section}.${key}`, value: value.trim() });
    }
    return found;
  }

  /** All keys of a section in the order of the file, those without a value too. */
  entries(
    section: string,
  ): { readonly key: string; readonly name: string; readonly value: string }[] {
    return [...(this.#sections.get(section) ?? [])].map(([key, value]) => {
      const name = `${section}.${key}`;
      this.#known.add(name);
      return { key, name, value: value.trim() };
    });
  }

  /** Names of keys that nobody asked for, `section.key`. */
  unknownKeys(): string[] {
    const unknown: string[] = [];
    for (const [section, keys] of this.#sections) {
      for (const key of keys.keys()) {
        if (!this.#known.has(`${section}.${key}`)) unknown.push(`${section}.${key}`);
      }
    }
    return unknown;
  }

  /** The name that was asked for, `section.key`, that is most like this one. */
  nearestKey(name: string): string | undefined {
    return nearestName(name, this.#known);
  }

  /** From now on it is as if the key were not there. False: it was not. */
  forget(section: string, key: string): boolean {
    return this.#sections.get(section)?.delete(key) === true;
  }

  /** An error about one value: what it is and what is allowed. */
  invalid(name: string, value: string, allowed: string): NodeError {
    const [section, key] = split(name);
    return new NodeError(
      'AMOP_NODE_CONFIG_VALUE',
      `${this.path}: [${section}] ${key}=${value} is not valid: ${allowed}`,
      { file: this.path, section, key, value, fix: allowed },
    );
  }
}

/** The parser makes more than texts of some values: a list of `key[]=`, anything of JSON in single quotes. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(',');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function split(name: string): [section: string, key: string] {
  const dot = name.indexOf('.');
  return [name.slice(0, dot), name.slice(dot + 1)];
}

/** A short reason for a failed file access. */
export function reasonOf(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'permission denied';
  if (code === 'EISDIR') return 'it is a directory';
  return cause instanceof Error ? cause.message : String(cause);
}

/** What to do about a failed file access: `otherwise`, unless the file is there and must not be read. */
export function fixOf(cause: unknown, otherwise: string): string {
  const isDenied = cause instanceof Error && 'code' in cause && cause.code === 'EACCES';
  return isDenied
    ? 'let the user that runs the node read it (owner, mode, folders above)'
    : otherwise;
}
