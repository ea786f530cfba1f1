import { formatSize, formatSpan } from '../output/size-text.ts';

/** A transfer as its progress is shown. */
export interface ShownTransfer {
  /** As a stranger may have written it. */
  readonly name: string;
  /** What is done at the moment, where that is not the transfer itself: `hashing`. */
  readonly doing?: string;
  readonly bytes: number;
  /** 0 while that is not known, or where it means nothing. */
  readonly totalBytes: number;
}

/** How much is done, how fast, and how long it will take: `45 % of 1.2 GB, 98 MB/s, 7 s left`. */
export function progressText(transfer: ShownTransfer, bytesPerSecond: number | undefined): string {
  const { bytes, doing, totalBytes } = transfer;
  const rate = bytesPerSecond === undefined ? [] : [`${formatSize(bytesPerSecond)}/s`];
  const facts = doing === undefined ? [] : [doing];
  if (totalBytes === 0) {
    if (bytes > 0) facts.push(formatSize(bytes), ...rate);
    return facts.join(', ');
  }
  facts.push(`${percent(transfer)} % of ${formatSize(totalBytes)}`, ...rate);
  if (bytesPerSecond !== undefined && bytesPerSecond > 0 && bytes < totalBytes) {
    const leftSeconds = Math.ceil((totalBytes - bytes) / bytesPerSecond);
    facts.push(`${formatSpan(leftSeconds * 1000)} left`);
  }
  return facts.join(', ');
}

/** Whole percents that are done; 100 only when all is. */
export function percent({ bytes, totalBytes }: ShownTransfer): number {
  return totalBytes === 0 ? 0 : Math.floor((bytes / totalBytes) * 100);
}
