/** A place in a TOML text. */
export interface TomlPlace {
  /** Name of the table: `network`, or of an array of tables: `amop`. */
  readonly table: string;
  /** Which table of the array, from 0; absent for a table that is there once. */
  readonly index?: number;
  readonly key?: string;
}

/**
 * The line, from 1, on which the key of a table is set; that of the table's header when the key is not there, 1 when
 * neither is. It looks for lines that begin with the name, as people write them: enough for an error to point to.
 */
export function tomlLine(text: string, { index, key, table }: TomlPlace): number {
  const name = escaped(table);
  const header = index === undefined ? `\\[\\s*${name}\\s*\\]` : `\\[\\[\\s*${name}\\s*\\]\\]`;
  const isHeader = new RegExp(`^\\s*${header}`);
  const isKey = key === undefined ? undefined : new RegExp(`^\\s*["']?${escaped(key)}["']?\\s*=`);
  let tables = 0;
  let found = 1;
  let inside = false;
  for (const [place, line] of text.split('\n').entries()) {
    if (/^\s*\[/.test(line)) {
      if (inside) break;
      if (!isHeader.test(line)) continue;
      inside = tables === (index ?? 0);
      tables += 1;
      if (inside) found = place + 1;
    } else if (inside && isKey?.test(line) === true) {
      return place + 1;
    }
  }
  return found;
}

function escaped(text: string): string {
  return text.replace(/[^\w]/g, '\\$&');
}
