import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CertificateWithKey, isIssuedBy } from '@amop/crypto';
import { DaemonError } from '../../errors.ts';
import { readCertificates } from '../describe-file.ts';
import { missingFiles, readAuthority, readIfThere } from '../existing/authority-file.ts';
import { type CertificateFile, findCertificates } from '../find-certificates.ts';
import { keyPathOf, type RenewalTarget } from './target.ts';

/** Who renews a certificate. */
export interface RenewalAuthority {
  readonly issuer: CertificateWithKey;
  /** The root above an agency; `undefined` where the issuer is a root itself. */
  readonly root?: Pick<CertificateWithKey, 'certificatePem'>;
}

/**
 * Finds who issued a certificate, with its key.
 *
 * @param folder where authorities are kept; when left out the folder `cert` beside or above the certificate
 * @param passphrase opens the authority's key
 * @throws DaemonError `AMOP_DAEMON_CERTS_AUTHORITY`, `AMOP_DAEMON_CERTS_READ`; CryptoError for a key that cannot be used
 */
export function findAuthority(
  target: RenewalTarget,
  folder: string | undefined,
  passphrase: string | undefined,
): RenewalAuthority {
  const place = folder ?? folderAbove(target.path);
  const candidates = findCertificates([place]);
  const issuer = candidates.find((candidate) => hasIssued(candidate, target.der));
  if (issuer === undefined) throw foreign(target, place);
  const authority = readAuthority(
    {
      certificate: issuer.path,
      key: keyPathOf(issuer.path),
      fix: 'bring the key of the authority there, or give --authority DIR with both files',
    },
    passphrase,
  );
  const [issuerDer = new Uint8Array()] = readCertificates(issuer);
  if (isIssuedBy(issuerDer, issuerDer)) return { issuer: authority };
  return { issuer: authority, root: findRoot(issuerDer, candidates, target, place) };
}

/** Of the root the certificate is enough, and it lies beside the leaf as well. */
function findRoot(
  agencyDer: Uint8Array,
  candidates: readonly CertificateFile[],
  { path }: RenewalTarget,
  place: string,
): Pick<CertificateWithKey, 'certificatePem'> {
  const besidePath = join(dirname(path), 'ca.crt');
  const text = readIfThere(besidePath);
  const beside = text === undefined ? [] : [{ path: besidePath, text }];
  const root = [...candidates, ...beside].find((candidate) => hasIssued(candidate, agencyDer));
  if (root !== undefined) return { certificatePem: root.text };
  throw missingFiles(
    [join(place, 'ca.crt')],
    "bring the root's certificate there; its key is not needed",
  );
}

function hasIssued(candidate: CertificateFile, der: Uint8Array): boolean {
  const [issuer] = readCertificates(candidate);
  return issuer !== undefined && isIssuedBy(der, issuer);
}

function folderAbove(path: string): string {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const place = join(folder, 'cert');
    if (existsSync(place) && statSync(place).isDirectory()) return place;
    if (folder === dirname(folder)) break;
  }
  throw new DaemonError(
    'AMOP_DAEMON_CERTS_AUTHORITY',
    `there is no folder 'cert' beside or above ${path}`,
    { path, fix: 'give --authority DIR, the folder with agency.crt and agency.key' },
  );
}

function foreign({ identity, path }: RenewalTarget, place: string): DaemonError {
  return new DaemonError(
    'AMOP_DAEMON_CERTS_AUTHORITY',
    `no authority in ${place} has issued ${path}: its issuer is "${identity.issuerName}"`,
    { path: place, fix: 'give --authority DIR, the folder of the authority that issued it' },
  );
}
