import {
  ChannelType,
  EXTENSION_VERSION,
  encodeHandshakeRequest,
  MAX_CHANNEL_PROTOCOL,
  MIN_CHANNEL_PROTOCOL,
  parseHandshakeResponse,
  ResultCode,
} from '@amop/codec';
import { ClientError } from '../errors.ts';
import type { AskNode } from './node-query.ts';

/** Time for a node to answer the handshake. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/** The extensions that this client speaks, as named in 0x14. */
const WANTED: readonly string[] = ['batch', 'deadline', 'ack', 'errors', 'grant'];

/** What a handshake agreed on. */
export interface Agreement {
  /** As the node says it, such as `2.9.1`. */
  readonly nodeVersion: string;
  /** 1..3; 2 and 3 are the same for AMOP. */
  readonly protocol: number;
  /** Extensions that both sides speak; empty with an original node, which ignores the question. */
  readonly extensions: readonly string[];
}

/**
 * Agrees on protocol and extensions with the node behind `ask`.
 *
 * @throws ClientError `AMOP_CLIENT_PROTOCOL` (another answer than a handshake), and what ends a call
 */
export async function shakeHands(ask: AskNode, clientType: string): Promise<Agreement> {
  const request = encodeHandshakeRequest({
    minimumSupport: MIN_CHANNEL_PROTOCOL,
    maximumSupport: MAX_CHANNEL_PROTOCOL,
    clientType,
    amop: { v: EXTENSION_VERSION, want: WANTED },
  });
  const frame = await ask(ChannelType.handshake, request, HANDSHAKE_TIMEOUT_MS);
  const response = parseHandshakeResponse(frame.data);
  if (
    frame.result !== ResultCode.ok ||
    response === undefined ||
    response.protocol < MIN_CHANNEL_PROTOCOL ||
    response.protocol > MAX_CHANNEL_PROTOCOL
  ) {
    throw new ClientError(
      'AMOP_CLIENT_PROTOCOL',
      `the node answered the handshake with result ${frame.result} and ${response === undefined ? 'no protocol' : `protocol ${response.protocol}`}`,
      { hop: 'node', reason: 'bad-handshake', resultCode: frame.result, retryable: true },
    );
  }
  const { nodeVersion, protocol, amop } = response;
  const have = amop?.v === EXTENSION_VERSION ? amop.have : [];
  return { nodeVersion, protocol, extensions: WANTED.filter((name) => have.includes(name)) };
}
