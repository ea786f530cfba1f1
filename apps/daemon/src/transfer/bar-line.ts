import { printableLine } from '../output/text.ts';
import { progressText, type ShownTransfer } from './shown-transfer.ts';

/** Widths of a bar, the first that there is room for: in steps, so that it does not dance with the numbers behind it. */
const BAR_COLUMNS = [30, 20, 10] as const;
/** As much of a name is shown at least. */
const MIN_NAME_COLUMNS = 12;
const MAX_NAME_COLUMNS = 40;
/** From here on characters may take two columns. */
const FIRST_WIDE = 0x1100;

const ELLIPSIS = '…';

/** What a line is drawn on and with. */
export interface BarSpace {
  readonly columns: number;
  /** A bar of so many characters. */
  readonly bar: (columns: number) => string;
}

/**
 * Name, bar and numbers of a transfer, safe to show, at most as wide as the terminal: the bar gives way first, then the
 * name, then the end of the numbers.
 */
export function barLine(
  transfer: ShownTransfer,
  bytesPerSecond: number | undefined,
  { bar, columns }: BarSpace,
): string {
  // The last column makes some terminals break the line.
  const width = columns - 1;
  const text = progressText(transfer, bytesPerSecond);
  const name = shorten(printableLine(transfer.name), MAX_NAME_COLUMNS);
  const free = width - columnsOf(name) - columnsOf(text) - '  []  '.length;
  const barColumns = BAR_COLUMNS.find((each) => each <= free);
  if (transfer.totalBytes > 0 && barColumns !== undefined) {
    return `${name}  [${bar(barColumns)}]  ${text}`;
  }
  const nameColumns = Math.max(MIN_NAME_COLUMNS, width - columnsOf(text) - 2);
  return shorten(`${shorten(name, nameColumns)}  ${text}`, width);
}

/** The beginning of a text with an ellipsis behind it where it would be wider. */
function shorten(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = '';
  let free = columns - columnsOf(ELLIPSIS);
  for (const character of text) {
    free -= columnsOf(character);
    if (free < 0) break;
    kept += character;
  }
  return `${kept}${ELLIPSIS}`;
}

/** At most so many columns does the text take. */
function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += (character.codePointAt(0) ?? 0) < FIRST_WIDE ? 1 : 2;
  return columns;
}
