import { encryptPrivateKeyPem } from '@amop/crypto';
import type { TreeFile } from '../write-tree.ts';

/** The files with their keys encrypted, or as they are when there is no passphrase. */
export function protectKeys(
  files: readonly TreeFile[],
  passphrase: string | undefined,
): readonly TreeFile[] {
  if (passphrase === undefined) return files;
  return files.map((file) =>
    file.secret ? { ...file, text: encryptPrivateKeyPem(file.text, passphrase) } : file,
  );
}
