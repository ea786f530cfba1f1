import { describeCertificate, splitPemChain } from '@amop/crypto';
import {
  type Credentials,
  formatHostPort,
  type HostPort,
  type NodeConfig,
  type PeerProbe,
  probeChannel,
  probePeer,
  type RefusalReason,
  refusalText,
} from '@amop/node';
import type { PeerIdentity, Transport } from '@amop/ports';
import { createTlsTransport, shownCertificate, systemClock } from '@amop/ports/system';
import type { Checked, DoctorFinding } from '../finding.ts';

const SHOWN_ID_DIGITS = 16;
const SHOWN_TIMEOUT_MS = 2_000;

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
      const found = await channelInstead(at, await probePeer(probe), check);
      return withCertificate(findingOf(at, found), at, check);
    }),
  );
  return { findings, looked: `${peers.length} ${peers.length === 1 ? 'peer' : 'peers'}` };
}

/** What a certificate is about that is refused for itself; the handshake has not told whose it is. */
const OF_CERTIFICATE: ReadonlySet<string> = new Set<RefusalReason>([
  'other-authority',
  'certificate-expired',
  'certificate-not-yet-valid',
]);

/** Names the certificate that was refused, and for one of another authority those that are trusted. */
async function withCertificate(
  finding: DoctorFinding,
  at: HostPort,
  { config, stop }: PeerCheck,
): Promise<DoctorFinding> {
  if (!OF_CERTIFICATE.has(finding.code)) return finding;
  const { credentials } = config.p2p;
  const signal = AbortSignal.any([stop, AbortSignal.timeout(SHOWN_TIMEOUT_MS)]);
  const shown = await shownCertificate(at, credentials, signal);
  if (shown === undefined) return finding;
  const trusted = splitPemChain(credentials.ca).map((der) => describeCertificate(der).subjectName);
  const authorities =
    finding.code === 'other-authority'
      ? `, and ${credentials.files?.ca ?? 'ca_cert'} has "${trusted.join('" and "')}"`
      : '';
  const what = `"${shown.subjectName}", issued by "${shown.issuerName}"${authorities}`;
  return { ...finding, message: `${finding.message}: it shows ${what}` };
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
  const transport = transportIfSound(credentials);
  if (transport === undefined) return found;
  const probe = await probeChannel({ at, clock: systemClock, signal: stop, transport });
  return probe.kind === 'refused' ? found : { kind: 'channel-port', identity: probe.identity };
}

function transportIfSound(credentials: Credentials): Transport | undefined {
  try {
    return createTlsTransport(credentials);
  } catch {
    // What is wrong with them is told with the certificates.
    return undefined;
  }
}

function findingOf(at: HostPort, found: PeerProbe): DoctorFinding {
  const subject = formatHostPort(at);
  switch (found.kind) {
    case 'taken': {
      const message = `${nameOf(found.identity)} is there and takes this node`;
      return { severity: 'note', code: 'peer-reached', subject, message };
    }
    case 'self':
      return { severity: 'error', code: 'own-key', subject, ...refusalText('own-key') };
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
