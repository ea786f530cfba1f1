import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type CertificateDependencies,
  createAgencyCa,
  createChainCa,
  createChannelCa,
} from '@amop/crypto';
import { DaemonError } from '../errors.ts';
import { type Agency, agencyFiles, authorityFiles, issueNode, issueSdk } from './agency.ts';
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
  const dependencies = certificateDependencies();
  const root = createChainCa({ profile: rootProfile(profile) }, dependencies);
  const files: TreeFile[] = authorityFiles('cert/ca', root);
  const nodes: IssuedNode[] = [];
  for (const name of new Set(planned.map((node) => node.agency))) {
    const agency: Agency = {
      name,
      issuer: createAgencyCa({ agency: name, issuer: root }, dependencies),
      root,
      ...(profile === 'rsa' && { channel: createChannelCa({ agency: name }, dependencies) }),
    };
    files.push(...agencyFiles(agency));
    for (const node of planned.filter((candidate) => candidate.agency === name)) {
      await checkStop(signal);
      const issued = issueNode(agency, node, planned, profile, dependencies);
      files.push(...issued.files);
      nodes.push({ ...node, nodeId: issued.nodeId });
    }
    await checkStop(signal);
    files.push(...issueSdk(agency, 'sdk', dependencies));
  }
  return { files, nodes };
}

/** Clock and random source of this machine. */
export function certificateDependencies(): CertificateDependencies {
  return { nowMs: Date.now(), randomBytes };
}

/** Kind of the root's key: RSA is for the channel port only. */
export function rootProfile(profile: Profile): 'secp256k1' | 'p256' {
  return profile === 'p256' ? 'p256' : 'secp256k1';
}

/**
 * Lets signals come in, which wait while keys are made.
 *
 * @throws DaemonError `AMOP_DAEMON_STOPPED`
 */
export async function checkStop(signal: AbortSignal | undefined): Promise<void> {
  await nextTurn();
  if (signal?.aborted !== true) return;
  throw new DaemonError('AMOP_DAEMON_STOPPED', 'stopped before anything was written', {});
}
