import { type BinaryLike, createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { AsnConvert } from '@peculiar/asn1-schema';
import { Certificate, type TBSCertificate } from '@peculiar/asn1-x509';
import { splitPemChain } from '../../src/index.ts';

/**
 * Gives back a certificate after `change` was applied to its contents, signed anew by
 * `signerKeyPem`: the shapes that our own makers never write.
 */
export function reissue(
  certificatePem: string,
  signerKeyPem: string,
  change: (contents: TBSCertificate) => void,
): Uint8Array {
  const [der = new Uint8Array()] = splitPemChain(certificatePem);
  const certificate = AsnConvert.parse(der, Certificate);
  change(certificate.tbsCertificate);
  const signed: BinaryLike = new Uint8Array(AsnConvert.serialize(certificate.tbsCertificate));
  const signature = sign('sha256', signed, createPrivateKey(signerKeyPem));
  const { tbsCertificate, signatureAlgorithm } = certificate;
  const changed = new Certificate({
    tbsCertificate,
    signatureAlgorithm,
    signatureValue: new Uint8Array(signature).buffer,
  });
  return new Uint8Array(AsnConvert.serialize(changed));
}

/** Gives back what a certificate's signature covers. */
export function contentsOf(certificatePem: string): TBSCertificate {
  const [der = new Uint8Array()] = splitPemChain(certificatePem);
  return AsnConvert.parse(der, Certificate).tbsCertificate;
}

/** Gives back the certificate with its public point stored compressed, as some tools write it. */
export function compressPoint(certificatePem: string, signerKeyPem: string): Uint8Array {
  return reissue(certificatePem, signerKeyPem, ({ subjectPublicKeyInfo }) => {
    const point = new Uint8Array(subjectPublicKeyInfo.subjectPublicKey);
    const parity = (point[64] ?? 0) & 1;
    subjectPublicKeyInfo.subjectPublicKey = Uint8Array.of(
      2 + parity,
      ...point.subarray(1, 33),
    ).buffer;
  });
}

/** Tells whether OpenSSL finds the signature of `der` to be one of the issuer's key. */
export function isSignedBy(der: Uint8Array, issuerPem: string): boolean {
  return new X509Certificate(der).verify(new X509Certificate(issuerPem).publicKey);
}
