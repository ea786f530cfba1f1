// Files between clients in processes of their own: how fast, how much memory, and what kill -9 costs.
import { checkFileKills } from './files/file-kills.mjs';
import { checkFileMany } from './files/file-many.mjs';
import { checkFileRate } from './files/file-rate.mjs';

/** The cases by name; each ends by itself and all that it started. */
export const files = {
  'files-rate': checkFileRate,
  'files-kills': checkFileKills,
  'files-many': checkFileMany,
};
