import { CryptoError } from '../errors.ts';

/** Most rounds of a derivation: OpenSSL writes 2048, Java up to 100 000. So many take a quarter of a second. */
const MAX_ITERATIONS = 250_000;

/** The error for bytes that are no PKCS#12 file with one private key. */
export function invalidPkcs12(
  reason: string,
  cause?: unknown,
): CryptoError<'AMOP_CRYPTO_INVALID_PRIVATE_KEY'> {
  return new CryptoError(
    'AMOP_CRYPTO_INVALID_PRIVATE_KEY',
    `The bytes cannot be used as PKCS#12 file: ${reason}.`,
    { reason },
    { cause },
  );
}

/**
 * Sets a bound to the work that a file can ask for.
 *
 * @throws CryptoError `AMOP_CRYPTO_INVALID_PRIVATE_KEY`
 */
export function checkIterations(iterations: number): void {
  // Also no number: the ASN.1 reader gives a text for what does not fit.
  if (iterations >= 1 && iterations <= MAX_ITERATIONS) return;
  throw invalidPkcs12(`it asks for ${iterations} rounds, not 1 to ${MAX_ITERATIONS}`);
}
