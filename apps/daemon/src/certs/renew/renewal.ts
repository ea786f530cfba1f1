import { basename, dirname, join } from 'node:path';
import {
  type CertificateDependencies,
  type CertificateIdentity,
  describeCertificate,
  encryptPrivateKeyPem,
  renewAuthority,
  renewLeaf,
  splitPemChain,
} from '@amop/crypto';
import { readIfThere } from '../existing/authority-file.ts';
import type { RenewalAuthority } from './authority.ts';
import type { Replacement } from './replace-files.ts';
import { cannotRenew, keyPathOf, type RenewalTarget } from './target.ts';

/** How certificates are renewed. */
export interface RenewalOptions {
  readonly validityDays?: number;
  /** A new key instead of the old one. */
  readonly isNewKey: boolean;
  /** Encrypts a new key. */
  readonly passphrase?: string;
}

/** A renewed certificate that is not written yet. */
export interface Renewal {
  readonly target: RenewalTarget;
  readonly renewed: CertificateIdentity;
  /** End of what issued it, ms since 1970. */
  readonly issuerEndsMs: number;
  readonly replacements: readonly Replacement[];
}

/**
 * Makes the renewed certificate and the files that change with it.
 *
 * @throws DaemonError `AMOP_DAEMON_CERTS_RENEW`; CryptoError of `renewLeaf` and `renewAuthority`
 */
export function renew(
  target: RenewalTarget,
  { issuer, root }: RenewalAuthority,
  options: RenewalOptions,
  dependencies: CertificateDependencies,
): Renewal {
  const { kind, path } = target;
  const { isNewKey, validityDays } = options;
  const validity = validityDays === undefined ? {} : { validityDays };
  const common = { certificatePem: target.text, issuer, ...validity };
  const made: { text: string; key?: string } = { text: '' };
  if (kind === 'node' || kind === 'sdk') {
    const leaf = renewLeaf({ ...common, kind, isNewKey, ...(root && { root }) }, dependencies);
    made.text = leaf.chainPem;
    if (leaf.privateKeyPem !== undefined) made.key = leaf.privateKeyPem;
  } else {
    checkAuthorityTarget(target, isNewKey);
    made.text = renewAuthority(common, dependencies);
  }
  const [der = new Uint8Array()] = splitPemChain(made.text);
  const [issuerDer = new Uint8Array()] = splitPemChain(issuer.certificatePem);
  const renewed = describeCertificate(der);
  return {
    target,
    renewed,
    issuerEndsMs: kind === 'root' ? renewed.validToMs : describeCertificate(issuerDer).validToMs,
    replacements: [
      ...(made.key === undefined ? [] : keyFiles(path, made.key, renewed, options.passphrase)),
      { path, text: made.text, secret: false },
    ],
  };
}

function checkAuthorityTarget({ kind, path }: RenewalTarget, isNewKey: boolean): void {
  if (isNewKey) {
    throw cannotRenew(
      path,
      'an authority with a new key is another authority',
      'leave --new-key out, or make a new network',
    );
  }
  if (kind === 'root' && readIfThere(keyPathOf(path)) === undefined) {
    throw cannotRenew(
      path,
      'it is a copy of a root, whose key is not beside it',
      'renew the one with its key beside it (cert/ca.crt), then copy it here',
    );
  }
}

function keyFiles(
  path: string,
  privateKeyPem: string,
  { nodeId }: CertificateIdentity,
  passphrase: string | undefined,
): Replacement[] {
  const keyPath = keyPathOf(path);
  if (keyPath === path) {
    throw cannotRenew(path, 'its name has no ending', 'rename it, node.crt or sdk.crt');
  }
  const old = readIfThere(keyPath) ?? '';
  if (old.includes('ENCRYPTED') && passphrase === undefined) {
    throw cannotRenew(
      path,
      'its key is encrypted, and the new one would not be',
      'give --passphrase-file FILE',
    );
  }
  const text =
    passphrase === undefined ? privateKeyPem : encryptPrivateKeyPem(privateKeyPem, passphrase);
  const idPath = join(dirname(path), 'node.nodeid');
  const hasId = basename(path) === 'node.crt' && readIfThere(idPath) !== undefined;
  return [
    { path: keyPath, text, secret: true },
    ...(hasId && nodeId !== undefined
      ? [{ path: idPath, text: `${nodeId}\n`, secret: false }]
      : []),
  ];
}
