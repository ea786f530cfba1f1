import {
  formatHostPort,
  type HostPort,
  type NodeConfig,
  OWN_KEY,
  type PeerProbe,
  probeChannel,
  probePeer,
  type RefusalReason,
  refusalText,
} from '@amop/node';
import type { PeerIdentity } from '@amop/ports';
import { createTlsTransport, systemClock } from '@amop/ports/system';
import type { Checked, DoctorFinding } from '../finding.ts';

const SHOWN_ID_DIGITS = 16;

/** Who tries to reach the other nodes. */
export interface PeerCheck {
  readonly config: NodeConfig;
  /** Of this node. */
  readonly nodeId: string;
  readonly peers: readonly HostPort[];
  readonly stop: AbortSignal;
}

/** Whether the other nodes are there and take this one, all of them at once. */
export async function checkPeers(check: PeerCheck): Promise<Checked> {
  const { config, nodeId, peers, stop } = check;
  const transport = createTlsTransport(config.p2p.credentials);
  const findings = await Promise.all(
    peers.map(async (at) => {
      const probe = { at, clock: systemClock, config, nodeId, signal: stop, transport };
      return findingOf(at, await channelInstead(at, await probePeer(probe), check));
    }),
  );
  return { findings, looked: `${peers.length} ${peers.length === 1 ? 'peer' : 'peers'}` };
}

/** With RSA for applications a channel port shows a certificate of another authority. */
async function channelInstead(
  at: HostPort,
  found: PeerProbe,
  { config, stop }: PeerCheck,
): Promise<PeerProbe> {
  const { credentials } = config.channel;
  const isForeign = found.kind === 'refused' && found.reason === 'other-authority';
  if (!isForeign || credentials === config.p2p.credentials) return found;
  const transport = createTlsTransport(credentials);
  const probe = await probeChannel({ at, clock: systemClock, signal: stop, transport });
  return probe.kind === 'refused' ? found : { kind: 'channel-port', identity: probe.identity };
}

function findingOf(at: HostPort, found: PeerProbe): DoctorFinding {
  const subject = formatHostPort(at);
  switch (found.kind) {
    case 'taken': {
      const message = `${nameOf(found.identity)} is there and takes this node`;
      return { severity: 'note', code: 'peer-reached', subject, message };
    }
    case 'self':
      return { severity: 'error', code: 'own-key', subject, ...OWN_KEY };
    case 'channel-port':
      return {
        severity: 'error',
        code: 'channel-port',
        subject,
        message: `this is the channel port of ${nameOf(found.identity)}, where applications connect`,
        fix: 'name its p2p port in node.N of [p2p] (30300 in most)',
      };
    case 'silent':
      return {
        severity: 'warning',
        code: 'peer-silent',
        subject,
        message: `${nameOf(found.identity)} took the connection, and no p2p frame came`,
        fix: refusalText('no-p2p-frame').fix,
      };
    case 'refused':
      return refused(subject, found.reason, found.identity, found.detail);
  }
}

function refused(
  subject: string,
  reason: RefusalReason,
  identity: PeerIdentity | undefined,
  detail: string | undefined,
): DoctorFinding {
  const { fix, message } = refusalText(reason);
  const who = identity === undefined ? '' : `${nameOf(identity)}: `;
  const more = reason === 'tls-failed' && detail !== undefined ? `: ${detail}` : '';
  return { severity: 'error', code: reason, subject, message: `${who}${message}${more}`, fix };
}

function nameOf({ commonName, issuerCommonName, nodeId }: PeerIdentity): string {
  const id = nodeId === undefined ? '' : ` (node ID ${nodeId.slice(0, SHOWN_ID_DIGITS)}...)`;
  return `${commonName} of ${issuerCommonName}${id}`;
}
