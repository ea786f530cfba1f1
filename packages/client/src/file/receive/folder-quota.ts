import type { Clock } from '@amop/ports';
import { diskReason, TransferReason } from '../reasons.ts';
import type { ReceiveFolder } from './receive-folder.ts';
import type { ReceiveSettings } from './receive-options.ts';
import type { TransferTable } from './transfer-table.ts';

/** A folder is left alone for so many times as long as it took to count what is in it. */
const REST = 10;

type FolderLimits = Pick<ReceiveSettings, 'maxBytes' | 'maxFiles' | 'quotaBytes'>;

/**
 * Keeps the files of one folder within their limits.
 *
 * What is in the folder is counted once, and what is taken is added; unfinished files count whole. It
 * is counted anew when a limit seems to be reached, as files may have been taken out meanwhile.
 */
export class FolderQuota {
  readonly #limits: FolderLimits;
  readonly #folder: Pick<ReceiveFolder, 'count' | 'freeBytes'>;
  readonly #table: Pick<TransferTable, 'missingBytes' | 'unfinishedParts'>;
  readonly #clock: Clock;
  #bytes = Number.POSITIVE_INFINITY;
  #files = Number.POSITIVE_INFINITY;
  #restUntilMs = Number.NEGATIVE_INFINITY;

  constructor(
    limits: FolderLimits,
    dependencies: {
      readonly folder: Pick<ReceiveFolder, 'count' | 'freeBytes'>;
      readonly table: Pick<TransferTable, 'missingBytes' | 'unfinishedParts'>;
      readonly clock: Clock;
    },
  ) {
    this.#limits = limits;
    this.#folder = dependencies.folder;
    this.#table = dependencies.table;
    this.#clock = dependencies.clock;
  }

  /** Why a file of so many bytes is not taken; undefined when it is, and counts from now on. */
  async take(bytes: number): Promise<TransferReason | undefined> {
    if (bytes > this.#limits.maxBytes) return TransferReason.tooLarge;
    try {
      const freeBytes = await this.#folder.freeBytes();
      if (this.#table.missingBytes + bytes > freeBytes) return TransferReason.diskFull;
      if (!this.#hasRoom(bytes)) await this.#count();
      if (!this.#hasRoom(bytes)) return TransferReason.quota;
    } catch (error) {
      return diskReason(error);
    }
    this.#bytes += bytes;
    this.#files++;
    return undefined;
  }

  #hasRoom(bytes: number): boolean {
    const { maxFiles, quotaBytes } = this.#limits;
    return this.#bytes + bytes <= quotaBytes && this.#files < maxFiles;
  }

  async #count(): Promise<void> {
    const sinceMs = this.#clock.nowMs();
    if (sinceMs < this.#restUntilMs) return;
    const { bytes, files } = await this.#folder.count(this.#table.unfinishedParts());
    this.#bytes = bytes;
    this.#files = files;
    const nowMs = this.#clock.nowMs();
    this.#restUntilMs = nowMs + (nowMs - sinceMs) * REST;
  }
}
