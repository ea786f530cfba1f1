import { readFileSync } from 'node:fs';
import { type CertificateWithKey, CryptoError, checkKeyMatchesCertificate } from '@amop/crypto';
import { DaemonError } from '../../errors.ts';
import { errorCode } from '../../exit-code.ts';

/** An authority's two files. */
export interface AuthorityPaths {
  readonly certificate: string;
  readonly key: string;
  /** What to do when one of them is missing. */
  readonly fix: string;
}

/**
 * Reads an authority and checks that its key belongs to it.
 *
 * @throws DaemonError `AMOP_DAEMON_CERTS_AUTHORITY` naming what is missing; CryptoError for what cannot be used
 */
export function readAuthority(
  paths: AuthorityPaths,
  passphrase: string | undefined,
): CertificateWithKey {
  const found = [paths.certificate, paths.key].map((path) => readIfThere(path));
  const [certificatePem, privateKeyPem] = found;
  if (certificatePem === undefined || privateKeyPem === undefined) {
    const missing = [paths.certificate, paths.key].filter((_, place) => found[place] === undefined);
    throw missingFiles(missing, paths.fix);
  }
  checkPair({ path: paths.key, certificatePem, privateKeyPem }, passphrase);
  return { certificatePem, privateKeyPem, ...(passphrase === undefined ? {} : { passphrase }) };
}

/** A certificate with the text of its key, and where that is from. */
export interface KeyPairText {
  /** Of the key. */
  readonly path: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/**
 * Checks that a key opens and belongs to its certificate.
 *
 * @throws CryptoError with the path of the key in its message
 */
export function checkPair(pair: KeyPairText, passphrase: string | undefined): void {
  try {
    checkKeyMatchesCertificate(pair.certificatePem, pair.privateKeyPem, passphrase);
  } catch (cause) {
    if (!(cause instanceof CryptoError)) throw cause;
    const { code, details, message } = cause;
    throw new CryptoError(code, `${pair.path}: ${message}`, details, { cause });
  }
}

/** The error for files of an authority that are not there. */
export function missingFiles(missing: readonly string[], fix: string): DaemonError {
  const [path = ''] = missing;
  const verb = missing.length > 1 ? 'are' : 'is';
  return new DaemonError(
    'AMOP_DAEMON_CERTS_AUTHORITY',
    `${missing.join(' and ')} ${verb} missing`,
    { path, missing, fix },
  );
}

/**
 * The text of a file, `undefined` when it is not there.
 *
 * @throws DaemonError `AMOP_DAEMON_CERTS_READ` when it is there and cannot be read
 */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT' || errorCode(cause) === 'ENOTDIR') return undefined;
    throw unreadable(path, cause);
  }
}

/** The error for a file or folder that cannot be read. */
export function unreadable(path: string, cause: unknown): DaemonError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new DaemonError(
    'AMOP_DAEMON_CERTS_READ',
    `cannot read ${path}: ${reason}`,
    { path },
    { cause },
  );
}
