import {
  type CertificateDependencies,
  type CertificateWithKey,
  createChannelLeaf,
  createLeaf,
} from '@amop/crypto';
import { formatConfigIni } from './config-ini.ts';
import type { PlannedNode, Profile } from './plan.ts';
import type { TreeFile } from './write-tree.ts';

/** The authorities of one organisation, ready to issue. */
export interface Agency {
  readonly name: string;
  /** Issues the nodes, and the applications unless there is a channel. */
  readonly issuer: CertificateWithKey;
  /** The root of the chain: of it the certificate is enough. */
  readonly root: Pick<CertificateWithKey, 'certificatePem'>;
  /** Issues for the channel port, with profile `rsa`. */
  readonly channel?: CertificateWithKey;
}

/** A node's folder, in memory. */
export interface IssuedNodeFiles {
  readonly files: readonly TreeFile[];
  /** 128 hex digits. */
  readonly nodeId: string;
}

/** The files of an authority: `ca.crt` and `ca.key` for the path `cert/ca`. */
export function authorityFiles(path: string, authority: CertificateWithKey): TreeFile[] {
  return [text(`${path}.crt`, authority.certificatePem), key(`${path}.key`, authority)];
}

/** The files of an organisation's authorities, below `cert/<agency>/`. */
export function agencyFiles({ channel, issuer, name }: Agency): TreeFile[] {
  const channelFiles =
    channel === undefined ? [] : authorityFiles(`cert/${name}/channel/ca`, channel);
  return [...authorityFiles(`cert/${name}/agency`, issuer), ...channelFiles];
}

/**
 * Makes keys and certificates of one node, and its `config.ini`.
 *
 * @param nodes those that the configuration names
 */
export function issueNode(
  agency: Agency,
  node: PlannedNode,
  nodes: readonly Pick<PlannedNode, 'host' | 'p2pPort'>[],
  profile: Profile,
  dependencies: CertificateDependencies,
): IssuedNodeFiles {
  const folder = `${agency.name}/${node.name}`;
  const named = { kind: 'node', commonName: node.name } as const;
  const leaf = createLeaf({ ...named, issuer: agency.issuer, root: agency.root }, dependencies);
  const files = [
    text(`${folder}/config.ini`, formatConfigIni(node, nodes, profile)),
    ...leafFiles(`${folder}/conf`, 'node', leaf, agency.root),
    text(`${folder}/conf/node.nodeid`, `${leaf.nodeId}\n`),
  ];
  if (agency.channel !== undefined) {
    const shown = createChannelLeaf({ ...named, issuer: agency.channel }, dependencies);
    files.push(...leafFiles(`${folder}/conf/channel_cert`, 'node', shown, agency.channel));
  }
  return { files, nodeId: leaf.nodeId };
}

/** Makes key and certificate of applications, in the folder of that name; it is their common name too. */
export function issueSdk(
  agency: Agency,
  name: string,
  dependencies: CertificateDependencies,
): TreeFile[] {
  const { channel, issuer, root } = agency;
  const named = { kind: 'sdk', commonName: name } as const;
  const leaf =
    channel === undefined
      ? createLeaf({ ...named, issuer, root }, dependencies)
      : createChannelLeaf({ ...named, issuer: channel }, dependencies);
  return leafFiles(`${agency.name}/${name}`, 'sdk', leaf, channel ?? root);
}

/** What one side of TLS needs: who it trusts, what it shows, its key. */
function leafFiles(
  folder: string,
  name: 'node' | 'sdk',
  leaf: CertificateWithKey & { readonly chainPem: string },
  root: Pick<CertificateWithKey, 'certificatePem'>,
): TreeFile[] {
  return [
    text(`${folder}/ca.crt`, root.certificatePem),
    text(`${folder}/${name}.crt`, leaf.chainPem),
    key(`${folder}/${name}.key`, leaf),
  ];
}

function text(path: string, content: string): TreeFile {
  return { path, text: content, secret: false };
}

function key(path: string, owner: CertificateWithKey): TreeFile {
  return { path, text: owner.privateKeyPem, secret: true };
}
