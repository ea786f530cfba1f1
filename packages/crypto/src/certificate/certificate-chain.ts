import { formatPrivateKeyPem, formatPublicKeyHex, supportedCoordinates } from '../key/key-text.ts';
import { type NodeId, parseNodeId } from '../node-id.ts';
import { issue } from './certificate-issuance.ts';
import {
  type CertificateWithKey,
  type LoadedIssuer,
  loadIssuer,
  loadRootOf,
} from './certificate-issuer.ts';
import { type CertificateProfile, generateCertificateKey } from './certificate-key.ts';
import type { CertificateDependencies } from './certificate-writer.ts';
import { formatPem } from './pem.ts';

/** Common name of every root. Source: spec 15.4. */
const CHAIN_NAME = 'chain';

/** What all makers of certificates may be told. */
interface ValidityOptions {
  /** Days of validity, from 1 to 36500; 36500 when left out. */
  readonly validityDays?: number;
}

/** Options of {@link createChainCa}. */
export interface ChainCaOptions extends ValidityOptions {
  /** Kind of keys of the chain and of all below it. */
  readonly profile: CertificateProfile;
}

/** Options of {@link createAgencyCa}. */
export interface AgencyCaOptions extends ValidityOptions {
  /** Name of the organisation: 1 to 64 characters, no control characters. */
  readonly agency: string;
  /** The root of the chain. */
  readonly issuer: CertificateWithKey;
  /** Kind of keys; that of the issuer when left out, and it may not be another. */
  readonly profile?: CertificateProfile;
}

/** Options of {@link createLeaf}. */
export interface LeafOptions extends ValidityOptions {
  /** `node`: for a node, both sides of TLS. `sdk`: for applications, the client's side. */
  readonly kind: 'node' | 'sdk';
  /** Name of the node (`node0`), or `sdk`: 1 to 64 characters, no control characters. */
  readonly commonName: string;
  /** The agency. */
  readonly issuer: CertificateWithKey;
  /** The root that issued the agency; only its certificate is needed. */
  readonly root: Pick<CertificateWithKey, 'certificatePem'>;
  /** Kind of keys; that of the issuer when left out, and it may not be another. */
  readonly profile?: CertificateProfile;
}

/** A leaf with the chain that TLS sends. */
export interface LeafCertificate extends CertificateWithKey {
  /** Leaf, agency and root one after the other: what `node.crt` and `sdk.crt` hold. */
  readonly chainPem: string;
  /** Identity of the key: what `node.nodeid` and `sdk.publickey` hold. */
  readonly nodeId: NodeId;
}

/**
 * Makes the root of a new chain: CN=chain, O=fisco-bcos, OU=chain as the original's, and a random
 * serialNumber, for two roots of one name in a trust list make verification fail.
 *
 * @throws CryptoError `AMOP_CRYPTO_INVALID_OPTION`
 */
export function createChainCa(
  options: ChainCaOptions,
  dependencies: CertificateDependencies,
): CertificateWithKey {
  const { privateKey } = generateCertificateKey(options.profile);
  const subject = { role: 'chain', commonName: CHAIN_NAME } as const;
  const privateKeyPem = formatPrivateKeyPem(privateKey);
  return issue({ ...options, ...subject, privateKeyPem }, undefined, dependencies);
}

/**
 * Makes the authority of one organisation below a root: CN=<agency>, O=fisco-bcos, OU=agency and a
 * random serialNumber. It may issue leaves and no further authority.
 *
 * @throws CryptoError `AMOP_CRYPTO_INVALID_OPTION`, `AMOP_CRYPTO_BROKEN_CHAIN`, and those of
 *   {@link checkKeyMatchesCertificate} for an issuer that cannot be used
 */
export function createAgencyCa(
  options: AgencyCaOptions,
  dependencies: CertificateDependencies,
): CertificateWithKey {
  const issuer = loadIssuer(options.issuer, 'root');
  const { privateKey } = generateCertificateKey(options.profile, curveOf(issuer));
  const subject = { role: 'agency', commonName: options.agency } as const;
  const privateKeyPem = formatPrivateKeyPem(privateKey);
  return issue({ ...options, ...subject, privateKeyPem }, issuer, dependencies);
}

/**
 * Makes the certificate of a node or of applications: CN=<commonName>, O=fisco-bcos, OU=node or sdk.
 *
 * It carries no host name, as the original's: whoever connects must switch the host name check off
 * and rely on the chain.
 *
 * @throws CryptoError as {@link createAgencyCa}
 */
export function createLeaf(
  options: LeafOptions,
  dependencies: CertificateDependencies,
): LeafCertificate {
  const agency = loadIssuer(options.issuer, 'agency');
  const root = loadRootOf(agency, options.root.certificatePem);
  const { privateKey, publicKey } = generateCertificateKey(options.profile, curveOf(agency));
  const { certificatePem, privateKeyPem } = issue(
    { ...options, role: options.kind, privateKeyPem: formatPrivateKeyPem(privateKey) },
    agency,
    dependencies,
  );
  return {
    certificatePem,
    privateKeyPem,
    chainPem: [
      certificatePem,
      formatPem('CERTIFICATE', agency.der),
      formatPem('CERTIFICATE', root),
    ].join(''),
    nodeId: parseNodeId(formatPublicKeyHex(publicKey)),
  };
}

function curveOf(issuer: LoadedIssuer): CertificateProfile {
  return supportedCoordinates(issuer.certificate.publicKey).curve;
}
