import { X509Certificate } from 'node:crypto';
import { checkKeyMatchesCertificate } from '@amop/crypto';
import { errorCode } from '../../exit-code.ts';
import { formatMode, isOpenToOthers } from '../secret/file-mode.ts';
import { type Finding, finding } from './finding.ts';
import type { AuthorityMaterial, LeafMaterial } from './material.ts';

/** Whether the key beside a certificate belongs to it, and whether others may read it. */
export function checkKey(material: LeafMaterial | AuthorityMaterial): Finding[] {
  const { chain, key, passphrase, path } = material;
  const [leaf] = chain;
  if (leaf === undefined) return [];
  if (key === undefined) {
    if (material.kind === 'authority') return [];
    const message = 'there is no key beside it: whoever uses it needs the key';
    return [finding('no-key', { path, message, fix: 'put its key file beside it' })];
  }
  const certificatePem = new X509Certificate(leaf.der).toString();
  const findings = checkMode(key.path, key.mode);
  try {
    checkKeyMatchesCertificate(certificatePem, key.text, passphrase);
    return findings;
  } catch (error) {
    return [...findings, keyFinding(error, key.path, path, passphrase !== undefined)];
  }
}

function checkMode(path: string, mode: number | undefined): Finding[] {
  if (mode === undefined || !isOpenToOthers(mode)) return [];
  const message = `others than its owner may read or write it (mode ${formatMode(mode)})`;
  return [finding('open-key', { path, message, fix: `chmod 600 ${path}` })];
}

function keyFinding(
  error: unknown,
  path: string,
  certificate: string,
  hasPassphrase: boolean,
): Finding {
  switch (errorCode(error)) {
    case 'AMOP_CRYPTO_PASSPHRASE':
      return finding('locked-key', {
        path,
        message: hasPassphrase
          ? 'it is encrypted, and the passphrase does not open it'
          : 'it is encrypted and was not looked into',
        fix: 'give the file of its passphrase with --passphrase-file',
      });
    case 'AMOP_CRYPTO_KEY_MISMATCH':
      return finding('other-key', {
        path,
        message: `it is not the key of ${certificate}`,
        fix: 'put the two files of one pair together',
      });
    default:
      return finding('broken-key', {
        path,
        message: 'it is no private key in PEM, or a damaged one',
        fix: 'bring the file again from where it was made',
      });
  }
}
