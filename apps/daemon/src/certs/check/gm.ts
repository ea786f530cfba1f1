import { Buffer } from 'node:buffer';
import { type Finding, finding } from './finding.ts';
import type { CheckedCertificate } from './material.ts';

/** DER of the object identifiers of the SM2 curve and of signatures with SM2 and SM3. Source: GB/T 33560. */
const SM2_CURVE = Buffer.from('06082a811ccf5501822d', 'hex');
const SM2_WITH_SM3 = Buffer.from('06082a811ccf55018375', 'hex');

/** Names certificates with SM2 keys or signatures: nothing else can be said of them here. */
export function checkGm(path: string, certificates: readonly CheckedCertificate[]): Finding[] {
  const found = certificates.find(({ der }) => {
    const bytes = Buffer.from(der.buffer, der.byteOffset, der.byteLength);
    return bytes.includes(SM2_CURVE) || bytes.includes(SM2_WITH_SM3);
  });
  if (found === undefined) return [];
  const subject = found.identity.subjectName;
  return [
    finding('gm-certificate', {
      path,
      subject,
      message: `"${subject}" has SM2 keys (GM): nodes and applications of this implementation cannot use it`,
      fix: "use the certificates of the network's other, non-GM chain, or make some with 'amop certs'",
    }),
  ];
}
