import { CryptoError } from '../errors.ts';
import { loadPrivateKeyPem } from '../key/private-key-pem.ts';
import { readCertificate } from './certificate-reader.ts';
import { formatName } from './distinguished-name.ts';
import { splitPemChain } from './pem.ts';

/**
 * Checks that a private key belongs to a certificate, and says what is wrong when it does not.
 *
 * Any kind of key is understood (EC, RSA, Ed25519). Use it when credentials are loaded: the TLS
 * layer would name the same faults much later and in its own words.
 *
 * @param certificatePem the leaf, alone or as the first of a chain
 * @param privateKeyPem PKCS#8, encrypted PKCS#8, SEC1 or PKCS#1
 * @param passphrase opens an encrypted key; ignored for another one
 * @throws CryptoError `AMOP_CRYPTO_INVALID_PEM` or `AMOP_CRYPTO_INVALID_CERTIFICATE` (certificate),
 *   `AMOP_CRYPTO_INVALID_PRIVATE_KEY` or `AMOP_CRYPTO_PASSPHRASE` (key), `AMOP_CRYPTO_KEY_MISMATCH`
 */
export function checkKeyMatchesCertificate(
  certificatePem: string,
  privateKeyPem: string,
  passphrase?: string,
): void {
  // splitPemChain gives at least one or throws.
  const [leaf = new Uint8Array()] = splitPemChain(certificatePem);
  const { x509, asn1 } = readCertificate(leaf);
  const privateKey = loadPrivateKeyPem(privateKeyPem, passphrase);
  if (x509.checkPrivateKey(privateKey)) return;
  const subject = formatName(asn1.tbsCertificate.subject);
  throw new CryptoError(
    'AMOP_CRYPTO_KEY_MISMATCH',
    `The private key does not belong to the certificate of "${subject}".`,
    { subject },
  );
}
