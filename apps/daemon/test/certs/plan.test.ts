import { describe, expect, test } from 'vitest';
import { type CertsRequest, formatEndpoint, planNodes } from '../../src/certs/plan.ts';

const request: CertsRequest = {
  agencies: ['bankA', 'bankB'],
  nodesPerAgency: 1,
  profile: 'secp256k1',
  channelPort: 20_200,
  p2pPort: 30_300,
  hosts: ['127.0.0.1'],
};

describe('planNodes', () => {
  test('nodes on one host get consecutive ports across agencies', () => {
    const nodes = planNodes({ ...request, nodesPerAgency: 2 });
    expect(nodes.map((node) => [node.agency, node.name, node.channelPort, node.p2pPort])).toEqual([
      ['bankA', 'node0', 20_200, 30_300],
      ['bankA', 'node1', 20_201, 30_301],
      ['bankB', 'node0', 20_202, 30_302],
      ['bankB', 'node1', 20_203, 30_303],
    ]);
  });

  test('each agency may have its own host, with the same ports on it', () => {
    const nodes = planNodes({ ...request, hosts: ['10.0.0.7', 'node.bank-b.example'] });
    expect(nodes.map((node) => [node.host, node.channelPort])).toEqual([
      ['10.0.0.7', 20_200],
      ['node.bank-b.example', 20_200],
    ]);
  });

  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['localhost', 'localhost'],
    ['::1', '::1'],
    ['10.0.0.7', '0.0.0.0'],
    ['node.example', '0.0.0.0'],
    ['2001:db8::7', '::'],
  ])('a node reached at %s listens on %s', (host, listenHost) => {
    expect(planNodes({ ...request, hosts: [host] })[0]?.listenHost).toBe(listenHost);
  });

  test.each<[string, Partial<CertsRequest>]>([
    ['cannot name an agency', { agencies: ['cert'] }],
    ['cannot name an agency', { agencies: ['CA.key'] }],
    ['cannot name an agency', { agencies: ['../up'] }],
    ['cannot name an agency', { agencies: [''] }],
    ['cannot name an agency', { agencies: ['a'.repeat(65)] }],
    ['named twice', { agencies: ['bankA', 'BANKa'] }],
    ['at least one agency', { agencies: [] }],
    ['neither an IP address nor a host name', { hosts: ['not a host'] }],
    ['2 hosts for 3 agencies', { agencies: ['a', 'b', 'c'], hosts: ['10.0.0.1', '10.0.0.2'] }],
    ['need ports up to 65536', { channelPort: 65_535 }],
    ['overlap', { channelPort: 20_200, p2pPort: 20_201 }],
    ['admin ports from 30301 overlap', { adminPort: 30_301 }],
  ])('refuses: %s', (message, change) => {
    expect(() => planNodes({ ...request, ...change })).toThrow(
      expect.objectContaining({
        code: 'AMOP_DAEMON_USAGE',
        message: expect.stringContaining(message),
      }),
    );
  });
});

test('an IPv6 endpoint is written with brackets', () => {
  expect(formatEndpoint('2001:db8::7', 30_300)).toBe('[2001:db8::7]:30300');
  expect(formatEndpoint('bank.example', 30_300)).toBe('bank.example:30300');
});
