import { formatSize, formatSpan } from '../output/size-text.ts';
import type { TransferFigures } from './transfer-clock.ts';

/** Size, time and rate of a transfer that is over: `1.2 GB, 12.3 s, 98 MB/s`. */
export function figuresText(size: number, figures: TransferFigures): string {
  const { bytesPerSecond, elapsedMs } = figures;
  const facts = [formatSize(size), formatSpan(elapsedMs)];
  if (bytesPerSecond !== undefined) facts.push(`${formatSize(bytesPerSecond)}/s`);
  return facts.join(', ');
}
