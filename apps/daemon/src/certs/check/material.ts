import { X509Certificate } from 'node:crypto';
import { type CertificateIdentity, describeCertificate } from '@amop/crypto';

/** A certificate as checks look at it. */
export interface CheckedCertificate {
  readonly der: Uint8Array;
  readonly identity: CertificateIdentity;
  /** Object identifiers of the extended key usage; `undefined`: any purpose. */
  readonly purposes: readonly string[] | undefined;
}

/** A text and where it is from. */
interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** A key file. */
export interface KeyFile extends TextFile {
  /** As `stat` gives it; left out where it means nothing. */
  readonly mode?: number;
}

/** The certificate of one side of TLS, and what lies beside it. */
export interface LeafMaterial {
  readonly path: string;
  /** What the place says that it is for; `undefined`: nothing. */
  readonly kind: 'node' | 'sdk' | undefined;
  /** The leaf, then what is above it; never empty. */
  readonly chain: readonly CheckedCertificate[];
  /** The file of trusted certificates. */
  readonly ca?: { readonly path: string; readonly certificates: readonly CheckedCertificate[] };
  readonly key?: KeyFile;
  /** The file `node.nodeid`. */
  readonly nodeIdFile?: TextFile;
  /** Opens an encrypted key. */
  readonly passphrase?: string;
}

/** An authority, and its key where that is beside it. */
export interface AuthorityMaterial
  extends Pick<LeafMaterial, 'path' | 'chain' | 'key' | 'passphrase'> {
  readonly kind: 'authority';
}

/**
 * A certificate ready for the checks.
 *
 * @param der exactly one certificate
 * @throws CryptoError `AMOP_CRYPTO_INVALID_CERTIFICATE`
 */
export function toChecked(der: Uint8Array): CheckedCertificate {
  return { der, identity: describeCertificate(der), purposes: new X509Certificate(der).keyUsage };
}
