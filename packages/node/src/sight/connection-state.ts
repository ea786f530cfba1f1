import type { Link } from '../flow/link.ts';
import type { NodeContext } from '../node-context.ts';
import type { PeerSession } from '../peer/peer-session.ts';
import type { ChannelSession } from '../session/channel-session.ts';

/** One connection and what went over it; JSON-safe. */
export interface LinkState {
  readonly remoteHost: string;
  readonly remotePort: number;
  /** Milliseconds since 1970. */
  readonly connectedAtMs: number;
  readonly framesIn: number;
  readonly framesOut: number;
  /** Bytes of frames, without TLS. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Bytes that the other side has not taken yet. */
  readonly queuedBytes: number;
  /** Whether nothing is read from it, as its receivers are slower. */
  readonly isHeldUp: boolean;
}

/** One application that is connected. */
export interface SessionState extends LinkState {
  /** Number of the session, as in the log. */
  readonly session: number;
  readonly name: string;
  readonly agency: string;
  /** SHA-256 fingerprint, lower-case hex. */
  readonly certificate: string;
  /** End of its certificate, milliseconds since 1970. */
  readonly validToMs: number;
  /** What it says it is in its handshake; empty when it says nothing. */
  readonly client: string;
  /** Protocol version, 1 to 3. */
  readonly protocol: number;
  readonly topics: number;
  /** Requests that it sent and that have no outcome yet. */
  readonly asking: number;
  /** Requests that it was given and has not answered yet. */
  readonly asked: number;
}

/** One node that is connected. */
export interface PeerState extends LinkState {
  readonly nodeId: string;
  readonly name: string;
  readonly agency: string;
  readonly validToMs: number;
  /** Who dialled: this node (`out`) or the other (`in`). */
  readonly direction: 'in' | 'out';
  /** Whether it speaks our extensions; an original node does not. */
  readonly isExtended: boolean;
  readonly topics: number;
  readonly asking: number;
  readonly asked: number;
}

/** What an operator sees of an application. */
export function sessionState(session: ChannelSession, context: NodeContext): SessionState {
  const { link, load } = session;
  const { commonName, fingerprint256, issuerCommonName, validToMs } = link.connection.identity;
  return {
    session: session.id,
    name: commonName,
    agency: issuerCommonName,
    certificate: fingerprint256,
    validToMs,
    client: session.clientType,
    protocol: session.protocol,
    topics: context.table.topicsOf(session.id).size,
    asking: load.requests.size,
    asked: session.endpoint.pending.size,
    ...linkState(link),
  };
}

/** What an operator sees of a node. */
export function peerState(peer: PeerSession): PeerState {
  const { link, load } = peer;
  const { commonName, issuerCommonName, validToMs } = link.connection.identity;
  return {
    nodeId: peer.nodeId,
    name: commonName,
    agency: issuerCommonName,
    validToMs,
    direction: peer.isDialled ? 'out' : 'in',
    isExtended: peer.extended,
    topics: peer.sync.topics().size,
    asking: load.requests.size,
    asked: peer.endpoint.pending.size,
    ...linkState(link),
  };
}

function linkState<Frame>(link: Link<Frame>): LinkState {
  const { connection, traffic } = link;
  return {
    remoteHost: connection.remoteHost,
    remotePort: connection.remotePort,
    connectedAtMs: link.connectedAtMs,
    ...traffic,
    queuedBytes: link.outbox.queuedBytes,
    isHeldUp: link.isReadingPaused,
  };
}
