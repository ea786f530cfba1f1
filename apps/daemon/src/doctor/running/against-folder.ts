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
    message: `${state.name} of ${state.agency} answers at it, with another key than that of ${path}`,
    fix: 'if it is this node, started before its key was changed: put the old files back, or restart it to take the new node ID; else name the admin port of this node, admin_listen_port in [amop]',
  };
}

/** What of a folder a running node does not have yet. */
export function checkLoaded(
  path: string,
  { p2p }: Pick<NodeConfig, 'p2p'>,
  { admin, state }: Running,
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
      fix: `amop reload --admin ${admin}`,
    });
  }
  const changedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (changedMs > state.startedAtMs) {
    findings.push({
      severity: 'note',
      code: 'changed-since-start',
      subject: path,
      message: `it was changed at ${new Date(changedMs).toISOString()}, after the node was started`,
      fix: `amop reload --admin ${admin}, if that was not done since`,
    });
  }
  return findings;
}
