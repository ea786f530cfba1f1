import type { FileEvent } from '../file-types.ts';
import type { TransferDependencies } from '../transfer-ports.ts';
import type { FolderQuota } from './folder-quota.ts';
import type { ReceiveFolder } from './receive-folder.ts';
import type { TransferTable } from './transfer-table.ts';

/** Collaborators of whatever takes files of a topic into a folder. */
export interface DeskDependencies extends TransferDependencies {
  readonly folder: ReceiveFolder;
  readonly quota: FolderQuota;
  readonly table: TransferTable;
  readonly onEvent: (event: FileEvent) => void;
}
