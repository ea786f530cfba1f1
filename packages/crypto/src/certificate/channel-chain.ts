import { CryptoError } from '../errors.ts';
import type { LeafOptions } from './certificate-chain.ts';
import { issue } from './certificate-issuance.ts';
import { type CertificateWithKey, loadIssuer } from './certificate-issuer.ts';
import { generateRsaKeyPem } from './certificate-key.ts';
import type { CertificateDependencies } from './certificate-writer.ts';
import { formatPem } from './pem.ts';

/** Options of {@link createChannelCa}. */
export interface ChannelCaOptions {
  /** Name of the organisation: 1 to 64 characters, no control characters. */
  readonly agency: string;
  /** Days of validity, from 1 to 36500; 36500 when left out. */
  readonly validityDays?: number;
}

/** Options of {@link createChannelLeaf}. */
export interface ChannelLeafOptions
  extends Pick<LeafOptions, 'kind' | 'commonName' | 'validityDays'> {
  /** The root of the agency's channel. */
  readonly issuer: CertificateWithKey;
}

/** A leaf of the channel port with the chain that TLS sends. It has no node ID: that is an EC key's. */
export interface ChannelLeafCertificate extends CertificateWithKey {
  /** Leaf and root one after the other: what `channel_cert/node.crt` and `sdk.crt` hold. */
  readonly chainPem: string;
}

/**
 * Makes the root of one agency's channel port: a chain of its own with RSA keys, apart from the chain
 * of the nodes, as the original makes it when it is not told otherwise (`rsa_crypto_channel=true`).
 *
 * Subject: CN=<agency>, O=fisco-bcos, OU=channel and a random serialNumber.
 *
 * @throws CryptoError `AMOP_CRYPTO_INVALID_OPTION`
 * @see spec 15.4
 */
export function createChannelCa(
  options: ChannelCaOptions,
  dependencies: CertificateDependencies,
): CertificateWithKey {
  const subject = { role: 'channel', commonName: options.agency } as const;
  const privateKeyPem = generateRsaKeyPem();
  return issue({ ...options, ...subject, privateKeyPem }, undefined, dependencies);
}

/**
 * Makes the RSA certificate of a node or of applications for the channel port: CN=<commonName>,
 * O=fisco-bcos, OU=node or sdk.
 *
 * @throws CryptoError `AMOP_CRYPTO_INVALID_OPTION`, `AMOP_CRYPTO_BROKEN_CHAIN`,
 *   `AMOP_CRYPTO_UNSUPPORTED_KEY` for an issuer whose key is not RSA, and those of
 *   {@link checkKeyMatchesCertificate} for one that cannot be used
 */
export function createChannelLeaf(
  options: ChannelLeafOptions,
  dependencies: CertificateDependencies,
): ChannelLeafCertificate {
  const issuer = loadIssuer(options.issuer, 'channel');
  const found = issuer.privateKey.asymmetricKeyType ?? 'unknown';
  if (found !== 'rsa') {
    throw new CryptoError(
      'AMOP_CRYPTO_UNSUPPORTED_KEY',
      `The key of a channel's root must be RSA, it is ${found}.`,
      { found, allowed: 'rsa' },
    );
  }
  const leaf = issue(
    { ...options, role: options.kind, privateKeyPem: generateRsaKeyPem() },
    issuer,
    dependencies,
  );
  return { ...leaf, chainPem: leaf.certificatePem + formatPem('CERTIFICATE', issuer.der) };
}
