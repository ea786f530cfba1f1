import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadNodeConfig, NodeError } from '../../src/index.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amop-config-'));
  mkdirSync(join(folder, 'conf'));
  for (const name of ['ca.crt', 'node.crt', 'node.key'])
    writeFileSync(join(folder, 'conf', name), name, { mode: 0o600 });
});

afterEach(() => rmSync(folder, { recursive: true }));

function load(...lines: string[]): ReturnType<typeof loadNodeConfig> {
  const path = join(folder, 'config.ini');
  writeFileSync(path, lines.join('\n'));
  return loadNodeConfig(path);
}

function errorOf(action: () => unknown): NodeError {
  try {
    action();
  } catch (error) {
    if (error instanceof NodeError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const NODE_ID = 'ab'.repeat(64);

describe('loadNodeConfig', () => {
  it('reads a folder in the style of the original', () => {
    const config = load(
      '[rpc]',
      '    channel_listen_ip=127.0.0.1',
      '    channel_listen_port=20205',
      '    jsonrpc_listen_port=8545',
      '[p2p]',
      '    listen_ip=0.0.0.0',
      '    listen_port=30305 ; where other nodes connect',
      '    ;enable_compress=true',
      '    node.0=127.0.0.1:30300',
      '    node.1=[::1]:30301',
      '    node.2=node.bank-b.example:30302',
      '[certificate_blacklist]',
      `    crl.0=0x${NODE_ID.toUpperCase()}`,
      '[network_security]',
      '    data_path=conf/',
      '    key=node.key',
      '    cert=node.crt',
      '    ca_cert=ca.crt',
      '[chain]',
      '    id=7',
      '[compatibility]',
      '    supported_version=2.11.0',
    );
    expect(config).toMatchObject({
      channel: {
        host: '127.0.0.1',
        port: 20205,
        checkIssuer: true,
        credentials: { ca: 'ca.crt', certificate: 'node.crt', key: 'node.key' },
      },
      p2p: {
        host: '0.0.0.0',
        port: 30305,
        compress: false,
        peers: [
          { host: '127.0.0.1', port: 30300 },
          { host: '::1', port: 30301 },
          { host: 'node.bank-b.example', port: 30302 },
        ],
        blacklist: [NODE_ID],
        whitelist: [],
      },
      supportedVersion: '2.11.0',
      chainId: '7',
      warnings: [],
    });
  });

  it('has the defaults of the original, the 16-byte header among them (D-38)', () => {
    expect(load('')).toMatchObject({
      channel: { host: '0.0.0.0', port: 20200 },
      p2p: { host: '0.0.0.0', port: 30300, peers: [] },
      supportedVersion: '2.9.1',
    });
  });

  it('reads the legacy sections secure, crl and cal', () => {
    mkdirSync(join(folder, 'data'));
    for (const name of ['ca.pem', 'n.crt', 'n.key'])
      writeFileSync(join(folder, 'data', name), name);
    const config = load(
      '[secure]',
      'data_path=data',
      'key=n.key',
      'cert=n.crt',
      'ca_cert=ca.pem',
      '[crl]',
      `crl.0=${NODE_ID}`,
      '[cal]',
      `cal.0=${NODE_ID}`,
    );
    expect(config.p2p).toMatchObject({
      credentials: { ca: 'ca.pem', certificate: 'n.crt', key: 'n.key' },
      blacklist: [NODE_ID],
      whitelist: [NODE_ID],
    });
  });

  it('reads the lists of applications, with and without colons', () => {
    const colons = Array.from({ length: 32 }, () => 'AB').join(':');
    const { channel } = load(
      '[amop_sdk_blacklist]',
      `crl.0=${colons}`,
      '[amop_sdk_whitelist]',
      `cal.0=${'cd'.repeat(32)}`,
    );
    expect(channel).toMatchObject({
      blacklist: ['ab'.repeat(32)],
      whitelist: ['cd'.repeat(32)],
    });
  });

  it('takes the channel certificate of the RSA folder when the chain says so', () => {
    mkdirSync(join(folder, 'conf/channel_cert'));
    for (const name of ['ca.crt', 'node.crt', 'node.key']) {
      writeFileSync(join(folder, 'conf/channel_cert', name), `rsa ${name}`);
    }
    const { channel, p2p } = load('[chain]', 'rsa_crypto_channel=true');
    expect(channel.credentials.key).toBe('rsa node.key');
    expect(p2p.credentials.key).toBe('node.key');
  });

  it('takes the bandwidth in Mbit/s, with decimals, and no limit where none is named', () => {
    const limit = (text: string): number | undefined =>
      load('[flow_control]', text).p2p.outgoingBytesPerS;
    expect(limit('outgoing_bandwidth_limit=2')).toBe(262_144);
    expect(limit('outgoing_bandwidth_limit=0.5')).toBe(65_536);
    expect(limit(';outgoing_bandwidth_limit=2')).toBeUndefined();
  });

  it('names a typing error in the bandwidth', () => {
    expect(load('[flow_control]', 'outgoing_bandwith_limit=2', 'limit_req=9').warnings).toContain(
      'flow_control.outgoing_bandwith_limit is not a key of this node and is ignored: is flow_control.outgoing_bandwidth_limit meant?',
    );
  });

  it('warns of a key, and of a passphrase, that others may read', () => {
    chmodSync(join(folder, 'conf/node.key'), 0o644);
    writeFileSync(join(folder, 'secret.txt'), 'word', { mode: 0o640 });
    const { warnings } = load('[amop]', 'passphrase_file=secret.txt');
    expect(warnings).toContain(
      `${join(folder, 'conf/node.key')} is open to others (mode 0644): chmod 600 it`,
    );
    expect(warnings).toContain(
      `${join(folder, 'secret.txt')} is open to others (mode 0640): chmod 600 it`,
    );
  });

  it('has subscribers of its own node prove, and warns where they need not (D-11)', () => {
    expect(load('').channel.verifiesOwnNode).toBe(true);
    const { channel, warnings } = load('[amop_private_topics]', 'verify_own_node=false');
    expect(channel.verifiesOwnNode).toBe(false);
    expect(warnings?.join()).toContain('verify_own_node is false, so every application');
    expect(() => load('[amop_private_topics]', 'verify_own=false')).toThrow(/verify_own/);
  });

  it('takes the passphrase of encrypted keys from a file, without its line end', () => {
    writeFileSync(join(folder, 'secret.txt'), ' two words \r\n', { mode: 0o600 });
    const { channel, p2p } = load('[amop]', 'passphrase_file=secret.txt');
    expect([channel.credentials.passphrase, p2p.credentials.passphrase]).toEqual([
      ' two words ',
      ' two words ',
    ]);
    const error = errorOf(() => load('[amop]', 'passphrase_file=nowhere.txt'));
    expect(error.message).toContain(join(folder, 'nowhere.txt'));
    expect(error.details.fix).toContain('passphrase_file');
  });

  it('opens nothing for the operator unless a port is named, and then remembers messages', () => {
    expect(load('[amop]', 'admin_listen_ip=::1').admin).toBeUndefined();
    const { admin, trace } = load('[amop]', 'admin_listen_port=20400');
    expect([admin, trace]).toEqual([{ host: '127.0.0.1', port: 20_400 }, true]);
  });

  it('takes the path of the audit log from the folder of the file', () => {
    expect(load('').auditLog).toBeUndefined();
    expect(load('[amop]', 'audit_log=log/audit.jsonl').auditLog).toBe(
      join(folder, 'log/audit.jsonl'),
    );
  });

  it('says which revocation list it cannot use', () => {
    writeFileSync(join(folder, 'crl.pem'), 'no list');
    const error = errorOf(() => load('[amop]', 'crl_file=crl.pem'));
    expect(error.code).toBe('AMOP_NODE_CONFIG_FILE');
    expect(error.message).toContain(join(folder, 'crl.pem'));
    expect(error.details.fix).toContain('crl_file');
  });

  it('says what asks for the RSA files when they are not there', () => {
    const error = errorOf(() => load('[chain]', 'rsa_crypto_channel=true'));
    expect(error.code).toBe('AMOP_NODE_CONFIG_FILE');
    expect(error.message).toContain(join('channel_cert', 'ca.crt'));
    expect(error.details.fix).toContain('rsa_crypto_channel');
  });

  it.each([
    ['[rpc]', 'channel_listen_port', 'twenty', '1025 to 65535'],
    ['[rpc]', 'channel_listen_port', '80', '1025 to 65535'],
    ['[p2p]', 'listen_port', '70000', '1025 to 65535'],
    ['[p2p]', 'node.0', '127.0.0.1', 'ip:port'],
    ['[p2p]', 'node.0', 'http://127.0.0.1:30300', 'ip:port'],
    ['[p2p]', 'enable_compress', 'yes', 'true or false'],
    ['[certificate_whitelist]', 'cal.0', '123', '128 hex digits'],
    ['[certificate_blacklist]', 'crl.0', `${NODE_ID}00`, '128 hex digits'],
    ['[amop_sdk_whitelist]', 'cal.0', '12:34', '64 hex digits'],
    ['[amop_sdk_blacklist]', 'crl.0', NODE_ID, '64 hex digits'],
    ['[amop]', 'admin_listen_port', '80', '1025 to 65535'],
    ['[amop]', 'admin_listen_ip', '0.0.0.0', 'loopback'],
    ['[amop]', 'admin_listen_ip', '127.0.0.1.example', 'loopback'],
    ['[compatibility]', 'supported_version', 'newest', '2.9.1'],
    ['[flow_control]', 'outgoing_bandwidth_limit', '2M', 'Mbit/s, at least 0.01'],
    ['[flow_control]', 'outgoing_bandwidth_limit', '0', 'Mbit/s, at least 0.01'],
    ['[flow_control]', 'outgoing_bandwidth_limit', '-1', 'Mbit/s, at least 0.01'],
    ['[flow_control]', 'outgoing_bandwidth_limit', '1e999', 'Mbit/s, at least 0.01'],
    ['[flow_control]', 'outgoing_bandwidth_limit', '0.001', 'Mbit/s, at least 0.01'],
  ])('stops at %s %s=%s and says what is allowed', (section, key, value, allowed) => {
    const error = errorOf(() => load(section, `${key}=${value}`));
    expect(error.code).toBe('AMOP_NODE_CONFIG_VALUE');
    expect(error.message).toContain(join(folder, 'config.ini'));
    expect(error.message).toContain(`${section} ${key}=${value}`);
    expect(error.message).toContain(allowed);
  });

  it('says that it does not read a folder of authorities', () => {
    const { warnings = [] } = load('[network_security]', 'ca_path=/etc/authorities');
    expect(warnings.join('\n')).toContain('network_security.ca_path is not read');
    expect(load('[network_security]', 'ca_path=').warnings?.join('\n')).not.toContain('ca_path');
  });

  it('names a file that is missing and the keys to look at', () => {
    rmSync(join(folder, 'conf/node.key'));
    const error = errorOf(() => load(''));
    expect(error.code).toBe('AMOP_NODE_CONFIG_FILE');
    expect(error.message).toContain(join(folder, 'conf/node.key'));
    expect(error.details.fix).toContain('[network_security]');
  });

  it('names a configuration that is missing', () => {
    const error = errorOf(() => loadNodeConfig(join(folder, 'nowhere.ini')));
    expect(error.code).toBe('AMOP_NODE_CONFIG_FILE');
    expect(error.message).toContain('there is no such file');
  });

  it('warns of keys that it does not know and of a version that it does not report', () => {
    const config = load(
      '[p2p]',
      'lisen_port=30301',
      '[consensus]',
      'ttl=2',
      '[compatibility]',
      'supported_version=2.0.0-rc1',
    );
    expect(config.warnings).toHaveLength(3);
    expect(config.warnings?.join('\n')).toContain('names no other node');
    expect(config.warnings?.join('\n')).toContain('p2p.lisen_port');
    expect(config.warnings?.join('\n')).toContain('16-byte');
    expect(config.supportedVersion).toBe('2.9.1');
  });

  it.each([
    ['[certificate_whitelst]', `cal.0=${NODE_ID}`],
    ['[certificate_whitelist]', `cal0=${NODE_ID}`],
    ['[cal]', `crl.0=${NODE_ID}`],
  ])('does not pass over a typing error in a list: %s %s', (section, line) => {
    const error = errorOf(() => load(section, line));
    expect(error.code).toBe('AMOP_NODE_CONFIG_VALUE');
    expect(error.details.fix).toContain('certificate_whitelist');
  });

  it.each([
    ['[amop_permission]', 'default.publish=*'],
    ['[permissions]', 'default.publish=*'],
    ['[amop]', 'max_sesions=10'],
    ['[sdk_whitelist]', 'cal.0=AB'],
    ['[amop_sdk_whitelist]', 'crl.0=AB'],
  ])('does not pass over a typing error in rules and limits: %s %s', (section, line) => {
    const error = errorOf(() => load(section, line));
    expect(error.code).toBe('AMOP_NODE_CONFIG_VALUE');
    expect(error.details.fix).toContain('[amop_permissions]');
  });

  it('takes the permissions', () => {
    const { permissions } = load('[amop_permissions]', 'default.publish=rates.*').channel;
    expect(permissions?.default).toEqual({ publish: ['rates.*'] });
  });

  it('does not take one port for both', () => {
    const error = errorOf(() =>
      load('[rpc]', 'channel_listen_port=20300', '[p2p]', 'listen_port=20300'),
    );
    expect(error.message).toContain('another port');
  });

  // Found by node/config: the parser reads JSON in single quotes, and this object has no text.
  it.each(['\'{"toString":1}\'', "'null'", "'[1,{}]'"])(
    'takes the value %s for a text',
    (value) => {
      const error = errorOf(() => load('[p2p]', `listen_port=${value}`));
      expect(error.code).toBe('AMOP_NODE_CONFIG_VALUE');
      expect(error.message).toContain('[p2p] listen_port=');
    },
  );
});
