import { printableLine } from './text.ts';

/**
 * Rows as aligned columns, two spaces between them, a newline after each row. The last column is not padded.
 *
 * @param rows the header first; all of one length
 */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(printableLine));
  const widths: number[] = [];
  for (const row of cells) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    }
  }
  return cells
    .map((row) => {
      const padded = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
      return `${padded.join('  ').trimEnd()}\n`;
    })
    .join('');
}
