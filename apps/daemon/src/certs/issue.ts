import { randomBytes } from 'node:crypto';
import {
  type CertificateDependencies,
  type CertificateWithKey,
  createAgencyCa,
  createChainCa,
  createLeaf,
  type LeafCertificate,
} from '@amop/crypto';
import { formatConfigIni } from './config-ini.ts';
import type { PlannedNode, Profile } from './plan.ts';
import type { TreeFile } from './write-tree.ts';

/** A planned node with the identity that its new key gives it. */
export interface IssuedNode extends PlannedNode {
  /** 128 hex digits. */
  readonly nodeId: string;
}

/** Everything of a new network, in memory. */
export interface IssuedNetwork {
  readonly files: readonly TreeFile[];
  readonly nodes: readonly IssuedNode[];
}

/**
 * Makes keys and certificates of a whole network: one chain, its agencies, their nodes, and one set of
 * certificates for the applications of each agency. Writes nothing.
 *
 * Shape: `cert/`, `cert/<agency>/`, `<agency>/nodeX/`, `<agency>/sdk/`, as the original makes them.
 *
 * @see spec 15.4
 */
export function issueNetwork(planned: readonly PlannedNode[], profile: Profile): IssuedNetwork {
  const dependencies: CertificateDependencies = { nowMs: Date.now(), randomBytes };
  const root = createChainCa({ profile }, dependencies);
  const files: TreeFile[] = [
    certificate('cert/ca.crt', root.certificatePem),
    key('cert/ca.key', root),
  ];
  const nodes: IssuedNode[] = [];
  for (const agency of new Set(planned.map((node) => node.agency))) {
    const issuer = createAgencyCa({ agency, issuer: root }, dependencies);
    files.push(
      certificate(`cert/${agency}/agency.crt`, issuer.certificatePem),
      key(`cert/${agency}/agency.key`, issuer),
    );
    for (const node of planned.filter((candidate) => candidate.agency === agency)) {
      const leaf = createLeaf({ kind: 'node', commonName: node.name, issuer, root }, dependencies);
      files.push(...nodeFiles(node, planned, leaf, root));
      nodes.push({ ...node, nodeId: leaf.nodeId });
    }
    const sdk = createLeaf({ kind: 'sdk', commonName: 'sdk', issuer, root }, dependencies);
    files.push(
      certificate(`${agency}/sdk/ca.crt`, root.certificatePem),
      certificate(`${agency}/sdk/sdk.crt`, sdk.chainPem),
      key(`${agency}/sdk/sdk.key`, sdk),
    );
  }
  return { files, nodes };
}

function nodeFiles(
  node: PlannedNode,
  planned: readonly PlannedNode[],
  leaf: LeafCertificate,
  root: CertificateWithKey,
): TreeFile[] {
  const folder = `${node.agency}/${node.name}`;
  return [
    { path: `${folder}/config.ini`, text: formatConfigIni(node, planned), secret: false },
    certificate(`${folder}/conf/ca.crt`, root.certificatePem),
    certificate(`${folder}/conf/node.crt`, leaf.chainPem),
    key(`${folder}/conf/node.key`, leaf),
    { path: `${folder}/conf/node.nodeid`, text: `${leaf.nodeId}\n`, secret: false },
  ];
}

function certificate(path: string, text: string): TreeFile {
  return { path, text, secret: false };
}

function key(path: string, owner: CertificateWithKey): TreeFile {
  return { path, text: owner.privateKeyPem, secret: true };
}
