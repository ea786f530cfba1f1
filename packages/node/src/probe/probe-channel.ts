import {
  ChannelFrameDecoder,
  ChannelType,
  encodeChannelFrame,
  encodeHeartbeat,
  SEQ_BYTES,
} from '@amop/codec';
import type { Connection, PeerIdentity } from '@amop/ports';
import { textOf } from '../error-text.ts';
import type { RefusalReason } from '../refusal/refusal-reason.ts';
import { dialRefusalReason } from '../refusal/tls-refusal.ts';
import { firstFrame } from './first-frame.ts';
import { PROBE_FRAME_MS, PROBE_TIMEOUT_MS, type ProbeOptions } from './probe-options.ts';

/** What was found on a channel port. */
export type ChannelProbe =
  /** It answers. */
  | { readonly kind: 'taken'; readonly identity: PeerIdentity }
  /** It ended the connection after TLS, as one does that refuses. */
  | { readonly kind: 'hung-up'; readonly identity: PeerIdentity }
  /** TLS went well, and nothing that an application understands came. */
  | { readonly kind: 'silent'; readonly identity: PeerIdentity }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly detail: string };

/**
 * Connects to a channel port as an application does, asks for a heartbeat and hangs up.
 *
 * @throws PortsError `AMOP_PORTS_ABORTED`
 */
export async function probeChannel(options: ProbeOptions): Promise<ChannelProbe> {
  const { at, signal, timeoutMs = PROBE_TIMEOUT_MS, transport } = options;
  let connection: Connection;
  try {
    connection = await transport.dial({ ...at, timeoutMs, ...(signal && { signal }) });
  } catch (error) {
    const reason = dialRefusalReason(error);
    if (reason === undefined) throw error;
    return { kind: 'refused', reason, detail: textOf(error) };
  }
  const { identity } = connection;
  const answer = await askHeartbeat(connection, options);
  if (answer.kind === 'refused') return answer;
  return { kind: answer.kind, identity };
}

type Heartbeat =
  | { readonly kind: 'taken' | 'hung-up' | 'silent' }
  | Extract<ChannelProbe, { kind: 'refused' }>;

/** Asks for a heartbeat on a connection on which nothing was sent yet, and ends it. */
export async function askHeartbeat(
  connection: Connection,
  { clock, frameMs = PROBE_FRAME_MS }: Pick<ProbeOptions, 'clock' | 'frameMs'>,
): Promise<Heartbeat> {
  const answer = firstFrame(connection, new ChannelFrameDecoder(), { clock, waitMs: frameMs });
  const data = encodeHeartbeat(1, 0);
  const seq = new Uint8Array(SEQ_BYTES);
  connection.write(encodeChannelFrame({ type: ChannelType.heartbeat, seq, data }));
  const first = await answer;
  connection.close();
  if (first.kind === 'frame') {
    return { kind: first.frame.type === ChannelType.heartbeat ? 'taken' : 'silent' };
  }
  if (first.kind !== 'ended') return { kind: 'silent' };
  const reason = first.error && dialRefusalReason(first.error);
  if (reason === undefined) return { kind: 'hung-up' };
  return { kind: 'refused', reason, detail: textOf(first.error) };
}
