import { createPrivateKey, sign } from 'node:crypto';
import { AsnConvert, OctetString } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  AuthorityKeyIdentifier,
  CertificateList,
  Extension,
  id_ce_authorityKeyIdentifier,
  KeyIdentifier,
  RevokedCertificate,
  TBSCertList,
  Time,
  Version,
} from '@peculiar/asn1-x509';
import { formatPem } from '../../src/certificate/pem.ts';
import type { CertificateWithKey } from '../../src/index.ts';
import { contentsOf } from '../certificate/certificate-variants.ts';

/** What a list of the test says. */
export interface ListOptions {
  /** Bytes of the serial numbers, as DER INTEGERs hold them. */
  readonly serials?: readonly Uint8Array[];
  readonly thisUpdateMs?: number;
  /** 9000 when not given. */
  readonly nextUpdateMs?: number | 'none';
  /** Leaves the version out, as version 1 does. */
  readonly isFirstVersion?: boolean;
  readonly extensions?: readonly Extension[];
  readonly entryExtensions?: readonly Extension[];
  readonly algorithm?: string;
  /** Key identifier of the issuer; left out when not given. */
  readonly issuerKeyId?: Uint8Array;
}

/** Makes a list that an EC authority signs: also shapes that openssl does not write. */
export function writeList(issuer: CertificateWithKey, options: ListOptions = {}): string {
  const signature = new AlgorithmIdentifier({
    algorithm: options.algorithm ?? '1.2.840.10045.4.3.2',
  });
  const { nextUpdateMs = 9000, serials = [] } = options;
  const extensions = [...(options.extensions ?? []), ...authorityKey(options.issuerKeyId)];
  const tbsCertList = new TBSCertList({
    ...(options.isFirstVersion === true ? {} : { version: Version.v2 }),
    signature,
    issuer: contentsOf(issuer.certificatePem).subject,
    thisUpdate: new Time(new Date(options.thisUpdateMs ?? 0)),
    ...(nextUpdateMs === 'none' ? {} : { nextUpdate: new Time(new Date(nextUpdateMs)) }),
    ...(serials.length > 0 && {
      revokedCertificates: serials.map((serial) => entry(serial, options.entryExtensions)),
    }),
    ...(extensions.length > 0 && { crlExtensions: extensions }),
  });
  const content = new Uint8Array(AsnConvert.serialize(tbsCertList));
  const value = sign('sha256', content, createPrivateKey(issuer.privateKeyPem));
  const list = new CertificateList({
    tbsCertList,
    signatureAlgorithm: signature,
    signature: new Uint8Array(value).buffer,
  });
  return formatPem('X509 CRL', new Uint8Array(AsnConvert.serialize(list)));
}

function entry(serial: Uint8Array, extensions?: readonly Extension[]): RevokedCertificate {
  return new RevokedCertificate({
    userCertificate: Uint8Array.from(serial).buffer,
    revocationDate: new Time(new Date(0)),
    ...(extensions && { crlEntryExtensions: [...extensions] }),
  });
}

/** An extension with that value. */
export function extension(
  extnID: string,
  critical: boolean,
  value: object | Uint8Array,
): Extension {
  const content = value instanceof Uint8Array ? value : AsnConvert.serialize(value);
  return new Extension({ extnID, critical, extnValue: new OctetString(content) });
}

function authorityKey(keyId: Uint8Array | undefined): Extension[] {
  if (keyId === undefined) return [];
  const keyIdentifier = new KeyIdentifier(Uint8Array.from(keyId).buffer);
  const value = new AuthorityKeyIdentifier({ keyIdentifier });
  return [extension(id_ce_authorityKeyIdentifier, false, value)];
}
