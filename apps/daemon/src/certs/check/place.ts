import { type Finding, finding } from './finding.ts';
import type { LeafMaterial } from './material.ts';

/** Object identifiers of the two sides of TLS. Source: RFC 5280, section 4.2.1.12. */
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

/**
 * Whether the certificate is one for its place: OU=node for nodes, OU=sdk for applications.
 *
 * Originals do not look (D-29); our p2p port refuses OU=sdk.
 */
export function checkPlace(material: LeafMaterial): Finding[] {
  const { chain, kind, nodeIdFile, path } = material;
  const [leaf] = chain;
  if (leaf === undefined) return [];
  const { hasBasicConstraints, isCa, nodeId, subjectName: subject } = leaf.identity;
  if (isCa) {
    const message = `"${subject}" is an authority: the certificate of a node or an application belongs here, as the first of the file`;
    const fix = "put the leaf first, then its issuers; keep the authority's key away from here";
    return [finding('authority-as-leaf', { path, subject, message, fix })];
  }
  const unit = checkUnit(material);
  const isMisplaced = unit.some(({ code }) => code === 'wrong-place');
  const findings = isMisplaced ? unit : [...unit, ...checkPurpose(material)];
  if (!hasBasicConstraints) {
    const message = `"${subject}" has no BasicConstraints: original nodes skip the check of its agency`;
    const fix = `'amop certs renew ${path}' makes one with CA:FALSE, of the same key`;
    findings.push(finding('bare-leaf', { path, subject, message, fix }));
  }
  if (kind === 'node' && nodeIdFile !== undefined && nodeIdFile.text.trim() !== nodeId) {
    const message = `it is not the node ID of ${path}`;
    const fix = nodeId === undefined ? 'remove it' : `write ${nodeId} into it`;
    findings.push(finding('other-node-id', { path: nodeIdFile.path, message, fix }));
  }
  return findings;
}

function checkUnit({ chain, kind, path }: LeafMaterial): Finding[] {
  const unit = chain[0]?.identity.organizationalUnit;
  const subject = chain[0]?.identity.subjectName ?? '';
  if (kind === 'node' && unit === 'sdk') {
    const message = `"${subject}" is for applications (OU=sdk): nodes refuse it on p2p`;
    const fix = "have one made for the node: 'amop certs add-node'";
    return [finding('wrong-place', { path, subject, message, fix })];
  }
  if (kind === 'sdk' && unit === 'node') {
    const message = `"${subject}" is for a node (OU=node): the application could act as one`;
    const fix = "have one made for the application: 'amop certs add-sdk'";
    return [finding('node-as-application', { path, subject, message, fix })];
  }
  if (unit === 'node' || unit === 'sdk') return [];
  const found = unit === undefined ? 'no OU' : `OU=${unit}`;
  const message = `"${subject}" has ${found}: nodes cannot tell whether it is a node's or an application's`;
  return [
    finding('no-role', { path, subject, message, fix: 'have one made with OU=node or OU=sdk' }),
  ];
}

function checkPurpose({ chain, kind, path }: LeafMaterial): Finding[] {
  const [leaf] = chain;
  // Without the extension any purpose is allowed.
  if (leaf?.purposes === undefined || kind === undefined) return [];
  const { purposes } = leaf;
  const needed = kind === 'node' ? [SERVER_AUTH, CLIENT_AUTH] : [CLIENT_AUTH];
  const lacking = needed.filter((purpose) => !purposes.includes(purpose));
  if (lacking.length === 0) return [];
  const subject = leaf.identity.subjectName;
  const names = lacking.map((purpose) => (purpose === SERVER_AUTH ? 'serverAuth' : 'clientAuth'));
  const message = `the extended key usage of "${subject}" lacks ${names.join(' and ')}`;
  const fix = `'amop certs renew ${path}' makes one with it, of the same key`;
  return [finding('wrong-purpose', { path, subject, message, fix })];
}
