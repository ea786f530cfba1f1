import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import {
  type CertificateIdentity,
  checkKeyMatchesCertificate,
  describeCertificate,
  splitPemChain,
} from '@amop/crypto';
import { errorCode } from '../exit-code.ts';
import { unreadable } from './existing/authority-file.ts';
import type { CertificateFile } from './find-certificates.ts';

const DAY_MS = 86_400_000;

/**
 * Whether the private key beside a certificate (`node.key` for `node.crt`) is the one that belongs to it.
 * `encrypted`: no passphrase was given; `locked`: that which was given does not open it.
 */
export type KeyState = 'belongs' | 'other' | 'encrypted' | 'locked' | 'unreadable' | 'none';

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
 * @param passphrase opens the key where it is encrypted
 * @throws DaemonError `AMOP_DAEMON_CERTS_READ` for a file that holds no sound certificate
 */
export function describeFile(
  file: CertificateFile,
  nowMs: number,
  passphrase?: string,
): DescribedFile {
  const { path, text } = file;
  const certificates = readCertificates(file).map((der) => {
    const identity = describeCertificate(der);
    const { asymmetricKeyType = 'unknown' } = new X509Certificate(der).publicKey;
    return {
      ...identity,
      keyKind: identity.curve ?? asymmetricKeyType,
      daysLeft: Math.floor((identity.validToMs - nowMs) / DAY_MS),
    };
  });
  return { path, certificates, key: keyState(path, text, passphrase) };
}

/**
 * The certificates of a file, each in DER, all of them sound.
 *
 * @throws DaemonError `AMOP_DAEMON_CERTS_READ`
 */
export function readCertificates({ path, text }: CertificateFile): Uint8Array[] {
  try {
    const chain = splitPemChain(text);
    for (const der of chain) describeCertificate(der);
    return chain;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function keyState(path: string, certificatePem: string, passphrase?: string): KeyState {
  const keyPath = path.replace(/\.[^./\\]+$/, '.key');
  if (keyPath === path || !existsSync(keyPath)) return 'none';
  try {
    checkKeyMatchesCertificate(certificatePem, readFileSync(keyPath, 'utf8'), passphrase);
    return 'belongs';
  } catch (error) {
    // Not an error of this command: the file is shown with what is wrong beside it.
    const code = errorCode(error);
    if (code === 'AMOP_CRYPTO_KEY_MISMATCH') return 'other';
    if (code !== 'AMOP_CRYPTO_PASSPHRASE') return 'unreadable';
    return passphrase === undefined ? 'encrypted' : 'locked';
  }
}
