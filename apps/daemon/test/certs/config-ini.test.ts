import { describe, expect, test } from 'vitest';
import { formatConfigIni } from '../../src/certs/config-ini.ts';
import { planNodes } from '../../src/certs/plan.ts';

const nodes = planNodes({
  agencies: ['bankA', 'bankB'],
  nodesPerAgency: 1,
  profile: 'secp256k1',
  channelPort: 21_000,
  p2pPort: 31_000,
  hosts: ['10.0.0.7', '2001:db8::7'],
});

/** `section.key` to value, as an ini reader takes the text: comments and empty lines left out. */
function valuesOf(text: string): Map<string, string> {
  const values = new Map<string, string>();
  let section = '';
  for (const line of text.split('\n').map((raw) => raw.trim())) {
    if (line === '' || line.startsWith(';')) continue;
    const head = /^\[(.+)\]$/.exec(line)?.[1];
    if (head !== undefined) section = head;
    else {
      const equals = line.indexOf('=');
      values.set(`${section}.${line.slice(0, equals)}`, line.slice(equals + 1));
    }
  }
  return values;
}

describe('formatConfigIni', () => {
  test('writes the keys of the original', () => {
    const [node] = nodes;
    if (node === undefined) throw new Error('no node was planned');
    expect(Object.fromEntries(valuesOf(formatConfigIni(node, nodes, 'secp256k1')))).toEqual({
      'rpc.channel_listen_ip': '0.0.0.0',
      'rpc.channel_listen_port': '21000',
      'p2p.listen_ip': '0.0.0.0',
      'p2p.listen_port': '31000',
      'p2p.node.0': '10.0.0.7:31000',
      'p2p.node.1': '[2001:db8::7]:31000',
      'network_security.data_path': 'conf/',
      'network_security.key': 'node.key',
      'network_security.cert': 'node.crt',
      'network_security.ca_cert': 'ca.crt',
      'chain.id': '1',
      'compatibility.supported_version': '2.9.1',
      'log.level': 'info',
    });
  });

  test('opens an admin port where one is asked for, one after the other on one host', () => {
    const planned = planNodes({
      agencies: ['bankA'],
      nodesPerAgency: 2,
      profile: 'p256',
      channelPort: 21_000,
      p2pPort: 31_000,
      adminPort: 21_400,
      hosts: ['127.0.0.1'],
    });
    const ports = planned.map((node) =>
      valuesOf(formatConfigIni(node, planned, 'p256')).get('amop.admin_listen_port'),
    );
    expect(ports).toEqual(['21400', '21401']);
  });

  test('asks for RSA on the channel port with the profile rsa, and only then', () => {
    const [node] = nodes;
    if (node === undefined) throw new Error('no node was planned');
    const key = 'chain.rsa_crypto_channel';
    expect(valuesOf(formatConfigIni(node, nodes, 'rsa')).get(key)).toBe('true');
    expect(valuesOf(formatConfigIni(node, nodes, 'p256')).has(key)).toBe(false);
  });

  test('has the sections for refused and allowed nodes ready', () => {
    const [node] = nodes;
    if (node === undefined) throw new Error('no node was planned');
    const text = formatConfigIni(node, nodes, 'secp256k1');
    expect(text).toContain('[certificate_blacklist]\n');
    expect(text).toContain('[certificate_whitelist]\n');
  });
});
