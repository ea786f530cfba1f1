import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expectSame, fuzz, onlyErrors } from '@amop/fuzz';
import { afterAll } from 'vitest';
import { formatHostPort, inspectNodeConfig, loadNodeConfig, parseHostPort } from '../src/index.ts';
import { NODE_CONFIG_WORDS, NODE_CONFIGS } from './config-texts.ts';

const folder = mkdtempSync(join(tmpdir(), 'amop-fuzz-'));
const path = join(folder, 'config.ini');
mkdirSync(join(folder, 'conf'));
for (const name of ['ca.crt', 'node.crt', 'node.key', 'empty']) {
  writeFileSync(join(folder, 'conf', name), name === 'empty' ? '' : name, { mode: 0o600 });
}
afterAll(() => rmSync(folder, { recursive: true }));

const encoder = new TextEncoder();
const decoder = new TextDecoder();

// Any text is a configuration or an error with a code, and a look at all errors ends and agrees.
fuzz({
  name: 'node/config',
  seeds: NODE_CONFIGS.map((text) => encoder.encode(text)),
  words: NODE_CONFIG_WORDS,
  testRuns: 100,
  run: (input) => {
    writeFileSync(path, input);
    const config = onlyErrors('AMOP_NODE_', () => loadNodeConfig(path, 0));
    const inspected = inspectNodeConfig(path, 0);
    expectSame(inspected.errors.length === 0, config !== undefined, 'no error and a configuration');
    for (const { details } of inspected.errors) {
      if (details.fix === undefined) throw new Error('an error without a word on what to do');
    }
  },
});

fuzz({
  name: 'node/host-port',
  seeds: ['127.0.0.1:20200', '[::1]:30300', 'node.example:1'].map((text) => encoder.encode(text)),
  words: ['[', ']', ':', '65535', '65536', '::', '%eth0', ' '],
  maxBytes: 60,
  run: (input) => {
    const found = parseHostPort(decoder.decode(input));
    if (found !== undefined) expectSame(parseHostPort(formatHostPort(found)), found, 'addresses');
  },
});
