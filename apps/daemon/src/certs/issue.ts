import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type CertificateDependencies,
  type CertificateWithKey,
  createAgencyCa,
  createChainCa,
  createChannelCa,
  createChannelLeaf,
  createLeaf,
} from '@amop/crypto';
import { DaemonError } from '../errors.ts';
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
 * Shape: `cert/`, `cert/<agency>/`, `<agency>/nodeX/`, `<agency>/sdk/`, as the original makes them;
 * with `rsa` also `cert/<agency>/channel/` and `<agency>/nodeX/conf/channel_cert/`.
 *
 * @param signal ends it between two keys: RSA ones take a fifth of a second each
 * @throws DaemonError `AMOP_DAEMON_STOPPED`
 * @see spec 15.4
 */
export async function issueNetwork(
  planned: readonly PlannedNode[],
  profile: Profile,
  signal?: AbortSignal,
): Promise<IssuedNetwork> {
  const dependencies: CertificateDependencies = { nowMs: Date.now(), randomBytes };
  const root = createChainCa({ profile: profile === 'p256' ? 'p256' : 'secp256k1' }, dependencies);
  const files: TreeFile[] = authorityFiles('cert/ca', root);
  const nodes: IssuedNode[] = [];
  for (const agency of new Set(planned.map((node) => node.agency))) {
    const issuer = createAgencyCa({ agency, issuer: root }, dependencies);
    const channel = profile === 'rsa' ? createChannelCa({ agency }, dependencies) : undefined;
    files.push(...authorityFiles(`cert/${agency}/agency`, issuer));
    if (channel !== undefined) files.push(...authorityFiles(`cert/${agency}/channel/ca`, channel));
    const channelLeaf = (kind: 'node' | 'sdk', commonName: string): ChainWithKey =>
      channel === undefined
        ? createLeaf({ kind, commonName, issuer, root }, dependencies)
        : createChannelLeaf({ kind, commonName, issuer: channel }, dependencies);
    const channelRoot = channel ?? root;
    for (const node of planned.filter((candidate) => candidate.agency === agency)) {
      await checkStop(signal);
      const folder = `${agency}/${node.name}`;
      const leaf = createLeaf({ kind: 'node', commonName: node.name, issuer, root }, dependencies);
      files.push(
        text(`${folder}/config.ini`, formatConfigIni(node, planned, profile)),
        ...leafFiles(`${folder}/conf`, 'node', leaf, root),
        text(`${folder}/conf/node.nodeid`, `${leaf.nodeId}\n`),
      );
      if (channel !== undefined) {
        const shown = channelLeaf('node', node.name);
        files.push(...leafFiles(`${folder}/conf/channel_cert`, 'node', shown, channelRoot));
      }
      nodes.push({ ...node, nodeId: leaf.nodeId });
    }
    await checkStop(signal);
    files.push(...leafFiles(`${agency}/sdk`, 'sdk', channelLeaf('sdk', 'sdk'), channelRoot));
  }
  return { files, nodes };
}

/** Lets signals come in, which wait while keys are made. */
async function checkStop(signal: AbortSignal | undefined): Promise<void> {
  await nextTurn();
  if (signal?.aborted !== true) return;
  throw new DaemonError('AMOP_DAEMON_STOPPED', 'stopped before anything was written', {});
}

type ChainWithKey = CertificateWithKey & { readonly chainPem: string };

function authorityFiles(path: string, authority: CertificateWithKey): TreeFile[] {
  return [text(`${path}.crt`, authority.certificatePem), key(`${path}.key`, authority)];
}

/** What one side of TLS needs: who it trusts, what it shows, its key. */
function leafFiles(
  folder: string,
  name: 'node' | 'sdk',
  leaf: ChainWithKey,
  root: CertificateWithKey,
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
