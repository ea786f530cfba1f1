import type { FileAudience, FileOutcome, SentFile } from '@amop/client';
import { shortKey } from '../output/key-text.ts';
import { formatSize } from '../output/size-text.ts';
import { printableLine } from '../output/text.ts';
import { figuresText } from './figures-text.ts';
import type { TransferFigures } from './transfer-clock.ts';

/** Digits of a receiver that tell it apart for people. */
const SHORT_RECEIVER_DIGITS = 8;

/** What is told people about a file that was sent: one line, with `all` one more for each receiver. */
export function sentText(sent: SentFile, to: FileAudience, figures: TransferFigures): string {
  const { name, receivers, size, transfer } = sent;
  const verb = isComplete(sent) ? 'sent' : 'not sent';
  const what = `${verb} ${printableLine(name)} (${figuresText(size, figures)})`;
  const [first] = receivers;
  if (to === 'one' && first !== undefined) return `${what} to ${receiverName(first)}\n`;
  if (transfer === undefined) return `${what} in one message to all who listen\n`;
  const done = receivers.filter(({ outcome }) => outcome === 'done').length;
  const all = `${receivers.length} ${receivers.length === 1 ? 'receiver' : 'receivers'}`;
  const lines = receivers.map((each) => `  ${receiverName(each)}  ${outcomeText(each, size)}\n`);
  return `${what} to ${done} of ${all}\n${lines.join('')}`;
}

/** Whether it got to somebody, and to everybody who took it. */
export function isComplete({ receivers, transfer }: SentFile): boolean {
  // Of a single message to all nobody says who got it.
  if (transfer === undefined) return true;
  const taken = receivers.filter(({ outcome }) => outcome !== 'refused');
  return taken.length > 0 && taken.every(({ outcome }) => outcome === 'done');
}

function receiverName({ key, receiver }: Pick<FileOutcome, 'key' | 'receiver'>): string {
  return key === undefined ? receiver.slice(0, SHORT_RECEIVER_DIGITS) : shortKey(key);
}

function outcomeText({ bytes, outcome, reason }: FileOutcome, size: number): string {
  const why = reason === undefined || reason === '' ? '' : `: ${printableLine(reason)}`;
  const isPart = outcome !== 'done' && outcome !== 'refused';
  const part = isPart ? ` (it has ${formatSize(bytes)} of ${formatSize(size)})` : '';
  return `${outcome}${why}${part}`;
}
