import { type CertificateIdentity, describeCertificate, splitPemChain } from '@amop/crypto';
import { NodeError } from '../errors.ts';
import type { Credentials } from './node-config.ts';

/**
 * Checks that the node's own certificate and those above it, up to the root, are valid at that time: with one that
 * is not, nobody would take the node's word.
 *
 * Other certificates in the two files, such as a root that is being replaced, may be out of date.
 *
 * @param wallMs ms since 1970
 * @throws NodeError `AMOP_NODE_CREDENTIALS`, naming file, certificate and day
 */
export function checkValidity(credentials: Credentials, wallMs: number): void {
  const { ca, certificate, files } = credentials;
  const chain = describeAll(certificate);
  const known = [
    ...chain.map((identity) => ({ identity, file: files?.certificate })),
    ...describeAll(ca).map((identity) => ({ identity, file: files?.ca })),
  ];
  const seen = new Set<string>();
  let issuers = known.slice(0, 1);
  while (issuers.length > 0) {
    // Two certificates of one name, the old and the new one: it is enough that one of them is valid.
    const [first] = issuers;
    const isValid = issuers.some(({ identity }) => faultOf(identity, wallMs) === undefined);
    if (first !== undefined && !isValid) throw invalid(first.identity, first.file, wallMs);
    const name = first?.identity.issuerName ?? '';
    issuers = seen.has(name) ? [] : known.filter(({ identity }) => identity.subjectName === name);
    seen.add(name);
  }
}

function describeAll(pem: string): CertificateIdentity[] {
  return splitPemChain(pem).map((der) => describeCertificate(der));
}

/** What is wrong with the time, and what to do about it. */
function faultOf(
  { validFromMs, validToMs }: CertificateIdentity,
  wallMs: number,
): { readonly what: string; readonly fix: string } | undefined {
  if (wallMs > validToMs) {
    const fix = 'put a certificate there that has been issued anew, for the same key';
    return { what: `has expired on ${dayOf(validToMs)}`, fix };
  }
  if (wallMs < validFromMs) {
    const fix = `check the clock of this machine, which says ${dayOf(wallMs)}`;
    return { what: `is not valid before ${dayOf(validFromMs)}`, fix };
  }
  return undefined;
}

function invalid(
  identity: CertificateIdentity,
  file: string | undefined,
  wallMs: number,
): NodeError {
  const { what = '', fix = '' } = faultOf(identity, wallMs) ?? {};
  return new NodeError(
    'AMOP_NODE_CREDENTIALS',
    `${file === undefined ? '' : `${file}: `}the certificate of ${identity.subjectName} ${what}`,
    { fix, ...(file !== undefined && { file }) },
  );
}

function dayOf(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 10);
}
