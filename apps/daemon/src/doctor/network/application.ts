import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ChannelProbe,
  formatHostPort,
  type HostPort,
  probeChannel,
  type RefusalReason,
  refusalText,
} from '@amop/node';
import type { PeerIdentity } from '@amop/ports';
import { createTlsTransport, systemClock } from '@amop/ports/system';
import { checkAgency } from '../../certs/check/agency.ts';
import { checkLeaf } from '../../certs/check/check-certificates.ts';
import type { LeafMaterial } from '../../certs/check/material.ts';
import { type LeafPaths, readLeaf } from '../../certs/check/read-material.ts';
import { DaemonError } from '../../errors.ts';
import { NOT_CONNECTED_ADVICE } from '../../output/advice.ts';
import { type Checked, type DoctorFinding, ofCertificates } from '../finding.ts';
import type { Surroundings } from '../surroundings.ts';

/** The folder of applications, and the nodes that they are to connect to. */
export interface ApplicationCheck {
  readonly folder: string;
  /** Channel ports. */
  readonly nodes: readonly HostPort[];
  readonly passphrase?: string;
}

/** No connection came about: nothing is known of what listens there. */
const NOT_REACHED: ReadonlySet<RefusalReason> = new Set([
  'nobody-listens',
  'unreachable',
  'no-answer',
  'no-such-name',
]);

/**
 * What is wrong with the folder of applications, and what nodes say to it.
 *
 * @throws DaemonError `AMOP_DAEMON_CERTS_READ`, `AMOP_DAEMON_SDK_FOLDER`
 */
export async function checkApplication(
  { folder, nodes, passphrase }: ApplicationCheck,
  { nowMs, progress, stop }: Surroundings,
): Promise<Checked[]> {
  const path = (name: string): string => join(folder, name);
  const files = { ca: path('ca.crt'), certificate: path('sdk.crt'), key: path('sdk.key') };
  const material = readLeaf('sdk', files, passphrase);
  if (material === undefined) {
    const missing = [files.certificate];
    const message = `there is no ${files.certificate}`;
    throw new DaemonError('AMOP_DAEMON_SDK_FOLDER', message, { path: folder, missing });
  }
  const findings = checkLeaf(material, nowMs).map(ofCertificates);
  const certificates = { findings, looked: '1 certificate' };
  if (nodes.length === 0) return [certificates];
  const credentials = credentialsOf(material, files);
  const isShut = findings.some(
    ({ code, severity }) => severity === 'error' || code === 'locked-key',
  );
  if (credentials === undefined || isShut) {
    return [certificates, notAsked(nodes)];
  }
  progress(`asking ${nodes.map(formatHostPort).join(', ')}`);
  const transport = createTlsTransport(credentials);
  const answers = await Promise.all(
    nodes.map(async (at): Promise<DoctorFinding[]> => {
      const probe = await probeChannel({ at, clock: systemClock, signal: stop, transport });
      return findingsOf(formatHostPort(at), probe, material);
    }),
  );
  const looked = `${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'}`;
  return [certificates, { findings: answers.flat(), looked }];
}

/** Undefined when a part is missing. */
function credentialsOf(
  { ca, chain, key, passphrase }: LeafMaterial,
  files: LeafPaths,
): Parameters<typeof createTlsTransport>[0] | undefined {
  if (ca === undefined || key === undefined || chain.length === 0) return undefined;
  const text = (path: string): string => readFileSync(path, 'utf8');
  return {
    ca: text(files.ca),
    certificate: text(files.certificate),
    key: key.text,
    ...(passphrase !== undefined && { passphrase }),
  };
}

function notAsked(nodes: readonly HostPort[]): Checked {
  const findings = nodes.map((at): DoctorFinding => {
    const message = 'it was not asked: certificate and key do not allow it';
    const fix = 'correct what is told about the folder, then look again';
    return { severity: 'note', code: 'not-asked', subject: formatHostPort(at), message, fix };
  });
  return { findings };
}

function findingsOf(subject: string, probe: ChannelProbe, material: LeafMaterial): DoctorFinding[] {
  switch (probe.kind) {
    case 'taken': {
      const message = `${nameOf(probe.identity)} is there and takes this application`;
      return [{ severity: 'note', code: 'node-reached', subject, message }];
    }
    case 'hung-up': {
      const { issuerName } = probe.identity;
      const agency = checkAgency({ path: subject, issuerName }, material).map(ofCertificates);
      if (agency.length > 0) return agency;
      const message = `${nameOf(probe.identity)} is there and hangs up on this application`;
      const fix =
        'its log says why: a list, a full node; or it is a p2p port, and applications connect to the channel port (20200 in most)';
      return [{ severity: 'error', code: 'node-hung-up', subject, message, fix }];
    }
    case 'silent': {
      const message = `${nameOf(probe.identity)} took the connection and did not answer a heartbeat`;
      const fix = 'look at its log: is it overloaded, or no channel port?';
      return [{ severity: 'warning', code: 'node-silent', subject, message, fix }];
    }
    case 'refused': {
      const { fix, message } = refusalText(probe.reason);
      const advice = NOT_REACHED.has(probe.reason) ? NOT_CONNECTED_ADVICE : fix;
      return [{ severity: 'error', code: probe.reason, subject, message, fix: advice }];
    }
  }
}

function nameOf({ commonName, issuerCommonName }: PeerIdentity): string {
  return `${commonName} of ${issuerCommonName}`;
}
