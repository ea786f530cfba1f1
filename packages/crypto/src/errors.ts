/** Details of each {@link CryptoError} by its code. JSON-safe; never a key, a passphrase or a signed content. */
export interface CryptoErrorDetails {
  /** A text is not a node id. */
  readonly AMOP_CRYPTO_INVALID_NODE_ID: { readonly length: number };
  /** A PEM text holds no certificate, or a block in it is damaged. */
  readonly AMOP_CRYPTO_INVALID_PEM: { readonly reason: string };
  /** The bytes are not an X.509 certificate. */
  readonly AMOP_CRYPTO_INVALID_CERTIFICATE: { readonly bytes: number; readonly reason: string };
  /** The text or the bytes are not a private key. */
  readonly AMOP_CRYPTO_INVALID_PRIVATE_KEY: { readonly reason: string };
  /** The text or the bytes are not a public key on the curve. */
  readonly AMOP_CRYPTO_INVALID_PUBLIC_KEY: { readonly reason: string };
  /** A private key is encrypted and the passphrase is missing or does not open it. */
  readonly AMOP_CRYPTO_PASSPHRASE: { readonly passphrase: 'missing' | 'wrong' };
  /** The key is sound, but of a kind that cannot do this. */
  readonly AMOP_CRYPTO_UNSUPPORTED_KEY: { readonly found: string; readonly allowed: string };
  /** A private key belongs to another certificate. */
  readonly AMOP_CRYPTO_KEY_MISMATCH: { readonly subject: string };
  /** A certificate was not issued by the one given as its issuer, or that one may not issue. */
  readonly AMOP_CRYPTO_BROKEN_CHAIN: {
    readonly subject: string;
    readonly issuer: string;
    readonly reason: string;
  };
  /** A text holds no certificate revocation list, or one that is damaged or cannot be applied. */
  readonly AMOP_CRYPTO_INVALID_REVOCATION_LIST: { readonly reason: string };
  /** A certificate revocation list was not signed by the authority given as its issuer. */
  readonly AMOP_CRYPTO_FOREIGN_REVOCATION_LIST: {
    readonly issuer: string;
    readonly authority: string;
    readonly reason: string;
  };
  /** An option of a certificate to be made is outside of what is allowed. */
  readonly AMOP_CRYPTO_INVALID_OPTION: {
    readonly option: string;
    readonly found: string;
    readonly allowed: string;
  };
}

/** Code of a {@link CryptoError}: what callers match on. Adding one is minor, renaming one is major. */
export type CryptoErrorCode = keyof CryptoErrorDetails;

/** Every code of this package with a few words on it, for documentation and its tests. */
export const CRYPTO_ERROR_SUMMARIES: Readonly<Record<CryptoErrorCode, string>> = {
  AMOP_CRYPTO_INVALID_NODE_ID: 'not a node id',
  AMOP_CRYPTO_INVALID_PEM: 'no certificates in the PEM text',
  AMOP_CRYPTO_INVALID_CERTIFICATE: 'not a certificate',
  AMOP_CRYPTO_INVALID_PRIVATE_KEY: 'not a private key',
  AMOP_CRYPTO_INVALID_PUBLIC_KEY: 'not a public key',
  AMOP_CRYPTO_PASSPHRASE: 'passphrase missing or wrong',
  AMOP_CRYPTO_UNSUPPORTED_KEY: 'kind of key that cannot do this',
  AMOP_CRYPTO_KEY_MISMATCH: 'private key of another certificate',
  AMOP_CRYPTO_BROKEN_CHAIN: 'certificate and issuer do not belong together',
  AMOP_CRYPTO_INVALID_REVOCATION_LIST: 'no revocation list that can be applied',
  AMOP_CRYPTO_FOREIGN_REVOCATION_LIST: 'revocation list of another authority',
  AMOP_CRYPTO_INVALID_OPTION: 'option outside of what is allowed',
};

/**
 * The one error class of this package.
 *
 * Match on `code`; `details` depends on it. The message is one sentence for people.
 */
export class CryptoError<Code extends CryptoErrorCode = CryptoErrorCode> extends Error {
  override readonly name = 'CryptoError';
  /** What went wrong; stable. */
  readonly code: Code;
  /** The facts behind the message, by code. */
  readonly details: CryptoErrorDetails[Code];

  constructor(
    code: Code,
    message: string,
    details: CryptoErrorDetails[Code],
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}
