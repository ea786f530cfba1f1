import {
  encodeP2pFrame,
  encodeTopicSequence,
  P2pFrameDecoder,
  P2pPacket,
  P2pProtocol,
} from '@amop/codec';
import type { Connection, PeerIdentity } from '@amop/ports';
import type { NodeConfig } from '../config/node-config.ts';
import { textOf } from '../error-text.ts';
import { peerIdentityRefusal } from '../peer/identity-refusal.ts';
import type { RefusalReason } from '../refusal/refusal-reason.ts';
import { dialRefusalReason } from '../refusal/tls-refusal.ts';
import { firstFrame } from './first-frame.ts';
import { askHeartbeat } from './probe-channel.ts';
import { PROBE_FRAME_MS, PROBE_TIMEOUT_MS, type ProbeOptions } from './probe-options.ts';

/** What was found where another node was looked for. */
export type PeerProbe =
  /** A node that takes this one. */
  | { readonly kind: 'taken'; readonly identity: PeerIdentity }
  /** The node whose certificate is used. */
  | { readonly kind: 'self'; readonly identity: PeerIdentity }
  /** A channel port. */
  | { readonly kind: 'channel-port'; readonly identity: PeerIdentity }
  /** TLS went well, and nothing came within the time. */
  | { readonly kind: 'silent'; readonly identity: PeerIdentity }
  /** Not reached, not let in by this node's configuration, or not let in there. */
  | {
      readonly kind: 'refused';
      readonly reason: RefusalReason;
      readonly identity?: PeerIdentity;
      readonly detail?: string;
    };

/** How a node is tried. */
export interface PeerProbeOptions extends ProbeOptions {
  /** Of the node that tries. */
  readonly nodeId: string | undefined;
  readonly config: Pick<NodeConfig, 'p2p' | 'revocationLists'>;
}

/**
 * Connects to another node as this one does, waits for its first frame and hangs up. Not for a node that runs: the
 * other side takes a second connection of one node ID for a duplicate and may close either.
 *
 * @throws PortsError `AMOP_PORTS_ABORTED`
 */
export async function probePeer(options: PeerProbeOptions): Promise<PeerProbe> {
  const { at, config, nodeId, signal, timeoutMs = PROBE_TIMEOUT_MS, transport } = options;
  let connection: Connection;
  try {
    connection = await transport.dial({ ...at, timeoutMs, ...(signal && { signal }) });
  } catch (error) {
    const reason = dialRefusalReason(error);
    if (reason === undefined) throw error;
    return { kind: 'refused', reason, detail: textOf(error) };
  }
  const { identity } = connection;
  if (identity.nodeId !== undefined && identity.nodeId === nodeId) {
    connection.close();
    return { kind: 'self', identity };
  }
  const reason = peerIdentityRefusal(identity, config);
  if (reason === undefined) return hear(connection, options);
  connection.close();
  return { kind: 'refused', reason, identity };
}

async function hear(connection: Connection, options: PeerProbeOptions): Promise<PeerProbe> {
  const { clock, frameMs = PROBE_FRAME_MS } = options;
  const { identity } = connection;
  const first = await firstFrame(connection, new P2pFrameDecoder(), { clock, waitMs: frameMs });
  switch (first.kind) {
    case 'frame':
      // Heard once, this is a node that came and went; unheard it would be told there as one that is refused.
      connection.write(heartbeat());
      connection.close();
      return { kind: 'taken', identity };
    case 'undecodable': {
      connection.close();
      const isOld = hasCode(first.error, 'AMOP_CODEC_TWELVE_BYTE_HEADER');
      const reason = isOld ? 'twelve-byte-header' : 'no-p2p-frame';
      return { kind: 'refused', reason, identity, detail: textOf(first.error) };
    }
    case 'ended': {
      const reason = (first.error && dialRefusalReason(first.error)) ?? 'no-p2p-frame';
      return { kind: 'refused', reason, identity };
    }
    case 'silent': {
      // A node speaks first, a channel port waits for applications to speak.
      const answer = await askHeartbeat(connection, options);
      return { kind: answer.kind === 'taken' ? 'channel-port' : 'silent', identity };
    }
  }
}

/** That of a node without topics: nothing is asked for in return. */
function heartbeat(): Uint8Array {
  const payload = encodeTopicSequence(0);
  const packetType = P2pPacket.topicSequence;
  return encodeP2pFrame({ protocolId: P2pProtocol.topics, packetType, seq: 0, payload });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
