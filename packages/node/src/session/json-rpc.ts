import {
  encodeRpcError,
  encodeRpcResult,
  type NodeInfo,
  type PeerInfo,
  parseRpcRequest,
} from '@amop/codec';

/** What the JSON-RPC subset of a node without a chain reports (spec 6.5, 19). */
export interface RpcView {
  readonly supportedVersion: string;
  readonly chainId: string;
  readonly groups: readonly number[];
  readonly nodeId: string;
  /** Both as the application with that session may see them. */
  nodeInfo(session: number): NodeInfo;
  peers(session: number): PeerInfo[];
}

const PARSE_ERROR = -32_700;
const METHOD_NOT_FOUND = -32_601;

/** Answers one 0x12 request; there is always an answer. */
export function answerRpc(data: Uint8Array, view: RpcView, session: number): Uint8Array {
  const request = parseRpcRequest(data);
  if (request === undefined) {
    return encodeRpcError(null, PARSE_ERROR, 'PARSE_ERROR: the request is not a JSON-RPC object');
  }
  const method = METHODS.get(request.method);
  if (method === undefined) {
    const message = `METHOD_NOT_FOUND: ${request.method} is not available on a node without a chain`;
    return encodeRpcError(request.id, METHOD_NOT_FOUND, message);
  }
  return encodeRpcResult(request.id, method(view, session));
}

const METHODS: ReadonlyMap<string, (view: RpcView, session: number) => unknown> = new Map([
  ['getClientVersion', clientVersion],
  ['getGroupList', ({ groups }: RpcView): unknown => groups],
  ['getBlockNumber', (): unknown => '0x0'],
  [
    'getNodeIDList',
    (view: RpcView, session: number): unknown => [
      view.nodeId,
      ...view.peers(session).map((peer) => peer.NodeID),
    ],
  ],
  ['getNodeInfo', (view: RpcView, session: number): unknown => view.nodeInfo(session)],
  ['getPeers', (view: RpcView, session: number): unknown => view.peers(session)],
]);

function clientVersion(view: RpcView): unknown {
  return {
    'Build Time': '',
    'Build Type': 'amop',
    'Chain Id': view.chainId,
    'FISCO-BCOS Version': view.supportedVersion,
    'Git Branch': '',
    'Git Commit Hash': '',
    'Supported Version': view.supportedVersion,
  };
}
