import {
  type ChannelFrame,
  ChannelType,
  encodeRpcRequest,
  type NodeInfo,
  type PeerInfo,
  parseNodeInfo,
  parsePeers,
  parseRpcResponse,
} from '@amop/codec';
import { type NodeId, parseNodeId } from '@amop/crypto';
import type { Logger } from '@amop/ports';
import { ClientError } from '../errors.ts';

/** Time for a node to tell its ID. */
const NODE_ID_TIMEOUT_MS = 5_000;

/** Asks the node behind a link: sends one frame and gives back the answer of the same type. */
export type AskNode = (type: number, data: Uint8Array, timeoutMs: number) => Promise<ChannelFrame>;

/**
 * The node itself: agency, name, ID and every topic that its own sessions subscribe.
 *
 * @throws ClientError `AMOP_CLIENT_NODE_QUERY`, and what ends a call: `AMOP_CLIENT_TIMEOUT`,
 *   `AMOP_CLIENT_NOT_CONNECTED`
 */
export async function queryNodeInfo(ask: AskNode, timeoutMs: number): Promise<NodeInfo> {
  return expectShape('getNodeInfo', parseNodeInfo(await call(ask, 'getNodeInfo', timeoutMs)));
}

/** The nodes that this one is connected to, with their topics. Errors as `queryNodeInfo`. */
export async function queryPeers(ask: AskNode, timeoutMs: number): Promise<readonly PeerInfo[]> {
  return expectShape('getPeers', parsePeers(await call(ask, 'getPeers', timeoutMs)));
}

/**
 * The node's ID as it says it itself, 128 lower-case hex digits: for a connection whose certificate
 * shows none (RSA). Undefined when it does not say it.
 */
export async function queryNodeId(ask: AskNode, logger: Logger): Promise<NodeId | undefined> {
  try {
    return parseNodeId((await queryNodeInfo(ask, NODE_ID_TIMEOUT_MS)).NodeID);
  } catch (error) {
    logger.warn({ error }, 'node does not tell its ID: private topics work with originals only');
    return undefined;
  }
}

async function call(ask: AskNode, method: string, timeoutMs: number): Promise<unknown> {
  const request = encodeRpcRequest({ id: 1, method, params: [] });
  const frame = await ask(ChannelType.rpc, request, timeoutMs);
  const response = parseRpcResponse(frame.data);
  if (response?.kind === 'result') return response.result;
  throw response === undefined
    ? new ClientError('AMOP_CLIENT_NODE_QUERY', `${method}: the node answered no JSON-RPC`, {
        hop: 'node',
        reason: 'bad-answer',
      })
    : new ClientError(
        'AMOP_CLIENT_NODE_QUERY',
        `${method}: the node answered error ${response.code}, ${response.message}`,
        { hop: 'node', reason: 'rpc-error', resultCode: response.code },
      );
}

function expectShape<Shape>(method: string, value: Shape | undefined): Shape {
  if (value !== undefined) return value;
  throw new ClientError('AMOP_CLIENT_NODE_QUERY', `${method}: the result has another shape`, {
    hop: 'node',
    reason: 'bad-answer',
  });
}
