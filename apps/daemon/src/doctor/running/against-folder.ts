import { statSync } from 'node:fs';
import { describeCertificate, splitPemChain } from '@amop/crypto';
import type { NodeConfig } from '@amop/node';
import type { DoctorFinding } from '../finding.ts';
import type { Running } from './state.ts';

/** Whether a node that runs is that of the folder. */
export function isOfFolder({ state }: Running, nodeId: string | undefined): boolean {
  return nodeId === undefined || state.nodeId === nodeId;
}

/** An admin port of another node than that of the folder. */
export function otherNode({ admin, state }: Running, path: string): DoctorFinding {
  return {
    severity: 'error',
    code: 'other-node',
    subject: admin,
    message: `it is the admin port of ${state.name} of ${state.agency}, not of the node of ${path}`,
    fix: 'name the admin port of this node: admin_listen_port in [amop]',
  };
}

/** What of a folder a running node does not have yet. */
export function checkLoaded(
  path: string,
  { p2p }: Pick<NodeConfig, 'p2p'>,
  { state }: Running,
): DoctorFinding[] {
  const [leaf] = splitPemChain(p2p.credentials.certificate);
  const file = p2p.credentials.files?.certificate ?? path;
  const loaded = new Set(state.certificates.map(({ fingerprint }) => fingerprint));
  const findings: DoctorFinding[] = [];
  if (leaf !== undefined && !loaded.has(describeCertificate(leaf).fingerprint256)) {
    findings.push({
      severity: 'warning',
      code: 'not-loaded',
      subject: file,
      message: 'the node still has the certificate that was there before',
      fix: 'amop reload',
    });
  }
  const changedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (changedMs > state.startedAtMs) {
    findings.push({
      severity: 'note',
      code: 'changed-since-start',
      subject: path,
      message: `it was changed at ${new Date(changedMs).toISOString()}, after the node was started`,
      fix: 'amop reload, if that was not done since',
    });
  }
  return findings;
}
