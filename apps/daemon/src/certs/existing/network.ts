import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type CertificateWithKey, describeCertificate, splitPemChain } from '@amop/crypto';
import { errorCode } from '../../exit-code.ts';
import type { Agency } from '../agency.ts';
import type { Profile } from '../plan.ts';
import { missingFiles, readAuthority, readIfThere, unreadable } from './authority-file.ts';

/** Says `rsa` in the folder of the authorities while there is no agency yet that shows it. No agency can have this name. */
export const PROFILE_FILE = '_profile';

/** An agency of a network that is there, and the kind of its keys. */
export interface ExistingAgency extends Agency {
  readonly profile: Profile;
}

/**
 * The root of the network in `out`, with its key.
 *
 * @throws DaemonError `AMOP_DAEMON_CERTS_AUTHORITY`, `AMOP_DAEMON_CERTS_READ`; CryptoError for what cannot be used
 */
export function readRoot(
  out: string,
  passphrase: string | undefined,
): CertificateWithKey & { readonly profile: Profile } {
  const folder = join(out, 'cert');
  const root = readAuthority(
    {
      certificate: join(folder, 'ca.crt'),
      key: join(folder, 'ca.key'),
      fix: "'amop certs init' makes a root; an agency is added where the root's key is",
    },
    passphrase,
  );
  const usesRsa =
    readIfThere(join(folder, PROFILE_FILE))?.trim() === 'rsa' ||
    foldersIn(folder).some((agency) => hasChannel(folder, agency));
  return { ...root, profile: profileOf(root.certificatePem, usesRsa) };
}

/**
 * An agency of the network in `out`, with its keys. The key of the root is not needed, and its certificate may
 * be that in the folder of a node.
 *
 * @throws as {@link readRoot}
 */
export function readAgency(
  out: string,
  name: string,
  passphrase: string | undefined,
): ExistingAgency {
  const folder = join(out, 'cert', name);
  const issuer = readAuthority(
    {
      certificate: join(folder, 'agency.crt'),
      key: join(folder, 'agency.key'),
      fix: `bring the agency's two files there, or make the agency with 'amop certs add-agency ${name}' where the root's key is`,
    },
    passphrase,
  );
  const isChannel = hasChannel(join(out, 'cert'), name);
  const channel = isChannel
    ? readAuthority(
        {
          certificate: join(folder, 'channel', 'ca.crt'),
          key: join(folder, 'channel', 'ca.key'),
          fix: "the RSA authority of the agency's channel port has both: bring the missing one there",
        },
        passphrase,
      )
    : undefined;
  return {
    name,
    issuer,
    root: { certificatePem: findRoot(out, name) },
    ...(channel === undefined ? {} : { channel }),
    profile: profileOf(issuer.certificatePem, isChannel),
  };
}

/** The names of the folders in a folder; none when it is not there. */
export function foldersIn(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map((entry) => entry.name)
      .sort();
  } catch (cause) {
    if (errorCode(cause) === 'ENOENT' || errorCode(cause) === 'ENOTDIR') return [];
    throw unreadable(path, cause);
  }
}

function hasChannel(folder: string, agency: string): boolean {
  return foldersIn(join(folder, agency)).includes('channel');
}

function profileOf(authorityPem: string, usesRsa: boolean): Profile {
  const [der = new Uint8Array()] = splitPemChain(authorityPem);
  if (describeCertificate(der).curve === 'P-256') return 'p256';
  return usesRsa ? 'rsa' : 'secp256k1';
}

/** An organisation that holds only its own key has the root's certificate in each node's folder. */
function findRoot(out: string, agency: string): string {
  const first = join(out, 'cert', 'ca.crt');
  const nodes = foldersIn(join(out, agency)).filter((name) => /^node\d+$/.test(name));
  const places = [first, ...nodes.map((name) => join(out, agency, name, 'conf', 'ca.crt'))];
  for (const place of places) {
    const text = readIfThere(place);
    if (text !== undefined) return text;
  }
  throw missingFiles([first], "bring the root's certificate there; its key is not needed");
}
