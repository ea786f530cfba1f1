import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { type CertificateIdentity, describeCertificate, splitPemChain } from '@amop/crypto';
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
  const ders = splitPemChain(text);
  const certificates = ders.map((der) => {
    const identity = describeCertificate(der);
    const { asymmetricKeyType = 'unknown' } = new X509Certificate(der).publicKey;
    return {
      ...identity,
      keyKind: identity.curve ?? asymmetricKeyType,
      daysLeft: Math.floor((identity.validToMs - nowMs) / DAY_MS),
    };
  });
  return { path, certificates, key: keyState(path, ders[0]) };
}

function keyState(path: string, leaf: Uint8Array | undefined): KeyState {
  const keyPath = path.replace(/\.[^./\\]+$/, '.key');
  if (leaf === undefined || keyPath === path || !existsSync(keyPath)) return 'none';
  try {
    const pem = readFileSync(keyPath, 'utf8');
    if (/ENCRYPTED/.test(pem)) return 'encrypted';
    return new X509Certificate(leaf).checkPrivateKey(createPrivateKey(pem)) ? 'belongs' : 'other';
  } catch {
    // Not an error of this command: the file is shown with what is wrong beside it.
    return 'unreadable';
  }
}
