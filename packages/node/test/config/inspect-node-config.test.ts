import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type InspectedConfig, inspectNodeConfig } from '../../src/index.ts';

function inspect(lines: readonly string[], files = ['ca.crt', 'node.crt', 'node.key']) {
  const folder = mkdtempSync(join(tmpdir(), 'amop-config-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'conf'));
  for (const name of files) writeFileSync(join(folder, 'conf', name), name, { mode: 0o600 });
  const path = join(folder, 'config.ini');
  writeFileSync(path, lines.join('\n'));
  return inspectNodeConfig(path);
}

function keysOf({ errors }: InspectedConfig): (string | undefined)[] {
  return errors.map(({ details }) => details.key);
}

test('a good one: what loadNodeConfig gives', () => {
  const found = inspect(['[p2p]', 'node.0=127.0.0.1:30301']);
  expect(found.errors).toEqual([]);
  expect(found.warnings).toEqual([]);
  expect(found.config?.p2p.peers).toEqual([{ host: '127.0.0.1', port: 30_301 }]);
});

test('several errors, and what is left', () => {
  const found = inspect([
    '[rpc]',
    'channel_listen_port=80',
    '[p2p]',
    'node.0=127.0.0.1',
    'node.1=127.0.0.1:30301',
    '[amop]',
    'max_sesions=3',
    'crl_file=nowhere.pem',
    '[certificate_whitelist]',
    'cal.0=beef',
  ]);
  expect(keysOf(found)).toEqual([
    'channel_listen_port',
    'node.0',
    'cal.0',
    'crl_file',
    'max_sesions',
  ]);
  expect(found.config?.p2p.peers).toEqual([{ host: '127.0.0.1', port: 30_301 }]);
});

test('files that are missing count as empty, each is told once', () => {
  const found = inspect(['[amop]', 'max_sessions=none'], ['node.crt']);
  expect(found.errors.map(({ code }) => code)).toEqual([
    'AMOP_NODE_CONFIG_FILE',
    'AMOP_NODE_CONFIG_FILE',
    'AMOP_NODE_CONFIG_VALUE',
  ]);
  expect(found.config?.p2p.credentials).toMatchObject({ ca: '', key: '', certificate: 'node.crt' });
});

test('lines that cannot be told apart: no configuration', () => {
  const found = inspect(['[p2p', 'listen_port=30300']);
  expect(found.errors).toHaveLength(1);
  expect(found.config).toBeUndefined();
});

test('a key with a typing error: which one is meant', () => {
  const { warnings } = inspect(['[p2p]', 'node.0=127.0.0.1:30301', 'lisen_port=30302']);
  expect(warnings).toEqual([
    {
      code: 'unknown-key',
      message: 'p2p.lisen_port is not a key of this node and is ignored',
      fix: 'is p2p.listen_port meant?',
    },
  ]);
});
