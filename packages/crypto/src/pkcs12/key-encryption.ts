import { AsnConvert, AsnProp, AsnPropTypes, OctetString } from '@peculiar/asn1-schema';
import { AlgorithmIdentifier } from '@peculiar/asn1-x509';

const PBES2 = '1.2.840.113549.1.5.13';
const PBKDF2 = '1.2.840.113549.1.5.12';

/** Password-based encryption of PKCS#12 itself: SHA-1 with 3DES or RC2 (RFC 7292, appendix C). */
const PKCS12_PBE = '1.2.840.113549.1.12.1.';

// Schemas by calls instead of decorators, which are no syntax that can be erased.

/** `pkcs-12PbeParams`, RFC 7292, appendix C. */
class Pkcs12Parameters {
  salt: OctetString = new OctetString();
  iterations = 0;
}
AsnProp({ type: OctetString })(Pkcs12Parameters.prototype, 'salt');
AsnProp({ type: AsnPropTypes.Integer })(Pkcs12Parameters.prototype, 'iterations');

/** `PBKDF2-params`, RFC 8018, appendix A.2; the salt always as bytes. */
class Pbkdf2Parameters {
  salt: OctetString = new OctetString();
  iterations = 0;
  keyLength?: number;
  prf?: AlgorithmIdentifier;
}
AsnProp({ type: OctetString })(Pbkdf2Parameters.prototype, 'salt');
AsnProp({ type: AsnPropTypes.Integer })(Pbkdf2Parameters.prototype, 'iterations');
AsnProp({ type: AsnPropTypes.Integer, optional: true })(Pbkdf2Parameters.prototype, 'keyLength');
AsnProp({ type: AlgorithmIdentifier, optional: true })(Pbkdf2Parameters.prototype, 'prf');

/** `PBES2-params`, RFC 8018, appendix A.4. */
class Pbes2Parameters {
  derivation: AlgorithmIdentifier = new AlgorithmIdentifier();
  encryption: AlgorithmIdentifier = new AlgorithmIdentifier();
}
AsnProp({ type: AlgorithmIdentifier })(Pbes2Parameters.prototype, 'derivation');
AsnProp({ type: AlgorithmIdentifier })(Pbes2Parameters.prototype, 'encryption');

/**
 * Gives back how many rounds the encryption of a key asks for, so that a bound can be set before OpenSSL does them;
 * `undefined` for an encryption whose cost is not known here (scrypt and others).
 *
 * @throws whatever the ASN.1 reader throws for parameters that are damaged
 */
export function iterationsOf({ algorithm, parameters }: AlgorithmIdentifier): number | undefined {
  if (parameters === undefined || parameters === null) return undefined;
  if (algorithm.startsWith(PKCS12_PBE)) {
    return AsnConvert.parse(parameters, Pkcs12Parameters).iterations;
  }
  if (algorithm !== PBES2) return undefined;
  const { derivation } = AsnConvert.parse(parameters, Pbes2Parameters);
  if (derivation.algorithm !== PBKDF2 || !derivation.parameters) return undefined;
  return AsnConvert.parse(derivation.parameters, Pbkdf2Parameters).iterations;
}
