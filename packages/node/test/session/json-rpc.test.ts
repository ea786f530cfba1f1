import { describe, expect, it } from 'vitest';
import { answerRpc, type RpcView } from '../../src/session/json-rpc.ts';

const peer = { Agency: 'b', IPAndPort: '127.0.0.1:1', Node: 'node1', NodeID: '2', Topic: ['news'] };
const view: RpcView = {
  supportedVersion: '2.9.1',
  chainId: '1',
  groups: [1],
  nodeId: '1',
  nodeInfo: () => ({ ...peer, NodeID: '1' }),
  peers: () => [peer],
};

function ask(text: string): unknown {
  const answer = new TextDecoder().decode(answerRpc(new TextEncoder().encode(text), view, 1));
  expect(answer.endsWith('\n')).toBe(true);
  return JSON.parse(answer);
}

describe('answerRpc', () => {
  it.each([
    ['getGroupList', [1]],
    ['getBlockNumber', '0x0'],
    ['getNodeIDList', ['1', '2']],
    ['getPeers', [peer]],
    ['getNodeInfo', { ...peer, NodeID: '1' }],
  ])('answers %s with or without parameters, with the id as given', (method, result) => {
    expect(ask(`{"jsonrpc":"2.0","method":"${method}","params":[1],"id":"x"}`)).toEqual({
      id: 'x',
      jsonrpc: '2.0',
      result,
    });
    expect(ask(`{"jsonrpc":"2.0","id":3,"method":"${method}"}`)).toMatchObject({ id: 3, result });
  });

  it('reports a version that keeps SDKs at protocol 2 or above (D-32)', () => {
    expect(ask('{"jsonrpc":"2.0","method":"getClientVersion","params":[],"id":0}')).toMatchObject({
      result: { 'Supported Version': '2.9.1', 'FISCO-BCOS Version': '2.9.1', 'Chain Id': '1' },
    });
  });

  it.each(['', '{}', '[]', 'nonsense', '[{"method":"getPeers"}]'])(
    'always answers, %j too',
    (text) => {
      expect(ask(text)).toMatchObject({ id: null, error: { code: -32700 } });
    },
  );

  it('answers an unknown method with an error', () => {
    expect(
      ask('{"jsonrpc":"2.0","method":"sendRawTransaction","params":["0x"],"id":5}'),
    ).toMatchObject({
      id: 5,
      error: { code: -32601 },
    });
  });
});
