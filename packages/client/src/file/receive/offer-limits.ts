import { diskReason, TransferReason } from '../reasons.ts';
import type { ReceiveFolder } from './receive-folder.ts';
import type { ReceiveSettings } from './receive-options.ts';

/**
 * Why a file of so many bytes is not taken; undefined when it is.
 *
 * @param reservedBytes what files under way will still need
 */
export async function refusalOfSize(
  size: number,
  reservedBytes: number,
  folder: ReceiveFolder,
  { maxBytes, quotaBytes }: ReceiveSettings,
): Promise<TransferReason | undefined> {
  if (size > maxBytes) return TransferReason.tooLarge;
  try {
    const [usedBytes, freeBytes] = await Promise.all([folder.usedBytes(), folder.freeBytes()]);
    if (usedBytes + reservedBytes + size > quotaBytes) return TransferReason.quota;
    if (reservedBytes + size > freeBytes) return TransferReason.diskFull;
    return undefined;
  } catch (error) {
    return diskReason(error);
  }
}
