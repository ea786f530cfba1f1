import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import {
  type CertificateIdentity,
  checkKeyMatchesCertificate,
  describeCertificate,
  splitPemChain,
} from '@amop/crypto';
import { errorCode } from '../exit-code.ts';
import type { CertificateFile } from './find-certificates.ts';

const DAY_MS = 86_400_000;

/** Whether the private key beside a certificate (`node.key` for `node.crt`) is the one that belongs to it. */
export type KeyState = 'belongs' | 'other' | 'encrypted' | 'unreadable' | 'none';

/** What one certificate of a file says. */
interface ShownCertificate extends CertificateIdentity {
  /** `secp256k1`, `P-256`, `rsa`, `ed25519`, ... */
  readonly keyKind: string;
  /** Whole days until it ends; below 0 when it has. */
  readonly daysLeft: number;
}

/** What a file of certificates holds: a leaf with its chain, or an authority. */
export interface DescribedFile {
  readonly path: string;
  readonly certificates: readonly ShownCertificate[];
  readonly key: KeyState;
}

/**
 * Reads the certificates of a file, and looks for the key of the first one.
 *
 * @param nowMs ms since 1970
 * @throws CryptoError `AMOP_CRYPTO_INVALID_PEM`, `AMOP_CRYPTO_INVALID_CERTIFICATE`
 */
export function describeFile({ path, text }: CertificateFile, nowMs: number): DescribedFile {
  const certificates = splitPemChain(text).map((der) => {
    const identity = describeCertificate(der);
    const { asymmetricKeyType = 'unknown' } = new X509Certificate(der).publicKey;
    return {
      ...identity,
      keyKind: identity.curve ?? asymmetricKeyType,
      daysLeft: Math.floor((identity.validToMs - nowMs) / DAY_MS),
    };
  });
  return { path, certificates, key: keyState(path, text) };
}

function keyState(path: string, certificatePem: string): KeyState {
  const keyPath = path.replace(/\.[^./\\]+$/, '.key');
  if (keyPath === path || !existsSync(keyPath)) return 'none';
  try {
    checkKeyMatchesCertificate(certificatePem, readFileSync(keyPath, 'utf8'));
    return 'belongs';
  } catch (error) {
    // Not an error of this command: the file is shown with what is wrong beside it.
    const code = errorCode(error);
    if (code === 'AMOP_CRYPTO_KEY_MISMATCH') return 'other';
    return code === 'AMOP_CRYPTO_PASSPHRASE' ? 'encrypted' : 'unreadable';
  }
}
