import { isIssuedBy } from '@amop/crypto';
import { type Finding, finding } from './finding.ts';
import type { CheckedCertificate, LeafMaterial } from './material.ts';

/** More steps than any sound chain has. */
const MAX_STEPS = 8;

/** A chain as a TLS peer follows it. */
export interface FollowedChain {
  /** The leaf and every issuer that was found, the trusted one last where it was reached. */
  readonly steps: readonly CheckedCertificate[];
  readonly findings: readonly Finding[];
}

/** Follows the chain from the leaf to a certificate of `ca.crt`, as a TLS peer does. */
export function followChain(material: LeafMaterial): FollowedChain {
  const { ca, chain, path } = material;
  const [leaf] = chain;
  if (leaf === undefined) return { steps: [], findings: [] };
  const steps = [leaf];
  if (ca === undefined) {
    const fix = "put the root's certificate beside it, as ca.crt";
    const message = 'there is no ca.crt beside it: a peer would not know whom to trust';
    return { steps, findings: [finding('no-ca', { path, message, fix })] };
  }
  const issuerOf = (subject: CheckedCertificate): CheckedCertificate | undefined =>
    [...ca.certificates, ...chain].find((candidate) => isIssuerOf(candidate, subject));
  while (steps.length <= MAX_STEPS) {
    const current = steps.at(-1) ?? leaf;
    const issuer = issuerOf(current);
    if (issuer === undefined) break;
    if (isIssuerOf(issuer, issuer)) {
      if (!ca.certificates.includes(issuer)) {
        return { steps, findings: [foreignRoot(material, ca, issuer)] };
      }
      if (issuer !== current) steps.push(issuer);
      return { steps, findings: checkIssuers(path, steps.slice(1)) };
    }
    steps.push(issuer);
  }
  return { steps, findings: [brokenAt(material, ca, steps.at(-1) ?? leaf)] };
}

function isIssuerOf(issuer: CheckedCertificate, subject: CheckedCertificate): boolean {
  return isIssuedBy(subject.der, issuer.der);
}

type Authorities = NonNullable<LeafMaterial['ca']>;

function foreignRoot({ path }: LeafMaterial, ca: Authorities, root: CheckedCertificate): Finding {
  const subject = root.identity.subjectName;
  const message = `it leads to the root "${subject}", and in ${ca.path} ${contentOf(ca, subject)}`;
  const fix = 'use certificate and ca.crt of one network';
  return finding('foreign-ca', { path, subject, message, fix });
}

/** What `ca.crt` has in place of a certificate with that name. */
function contentOf({ certificates }: Authorities, name: string): string {
  const names = certificates.map(({ identity }) => identity.subjectName);
  if (names.includes(name)) return 'is one of that name with another key';
  return names.length === 0 ? 'is none' : `is "${names.join('" and "')}"`;
}

/** A peer wants a root at the end: an agency in `ca.crt` without the root above it is not enough for OpenSSL. */
function brokenAt({ path }: LeafMaterial, ca: Authorities, last: CheckedCertificate): Finding {
  const { isCa, issuerName, subjectName: subject } = last.identity;
  const message = `"${subject}" was issued by "${issuerName}", which is neither in the file nor in ${ca.path}: there ${contentOf(ca, issuerName)}`;
  const fix = isCa
    ? "put the root's certificate into ca.crt (cert/ca.crt of the network)"
    : 'append the certificate of its issuer to the file (cert/<agency>/agency.crt), or use the ca.crt that issued it';
  return finding('incomplete-chain', { path, subject, message, fix });
}

/** OpenSSL takes a root without BasicConstraints as trusted, and no other issuer without them. */
function checkIssuers(path: string, issuers: readonly CheckedCertificate[]): Finding[] {
  return issuers.flatMap((issuer) => {
    const { hasBasicConstraints, isCa, subjectName: subject } = issuer.identity;
    if (isCa) return [];
    const isRoot = isIssuerOf(issuer, issuer);
    const fix = 'have it issued anew with CA:TRUE by whoever issued it, with the same name and key';
    if (hasBasicConstraints) {
      const message = `"${subject}" issues certificates, and its BasicConstraints say that it may not`;
      return [finding('not-an-authority', { path, subject, message, fix })];
    }
    const message = `"${subject}" issues certificates and has no BasicConstraints`;
    return [
      finding(isRoot ? 'bare-root' : 'no-basic-constraints', { path, subject, message, fix }),
    ];
  });
}
