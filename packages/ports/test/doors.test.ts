import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as door from '../src/index.ts';
import * as systemDoor from '../src/system/index.ts';

test('the main door gives these values', () => {
  expect(Object.keys(door).sort()).toEqual([
    'DeadlineWheel',
    'Outbox',
    'PortsError',
    'WheelEntry',
    'isPortsError',
    'silentLogger',
  ]);
});

test('the door of the system gives these values', () => {
  expect(Object.keys(systemDoor).sort()).toEqual([
    'createTlsTransport',
    'shownCertificate',
    'systemClock',
    'systemFileSystem',
    'systemRandom',
    'systemScheduler',
    'tryListen',
  ]);
});

test('nothing behind the main door imports Node or another package', () => {
  const folder = new URL('../src/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  expect(files.length).toBeGreaterThan(5);
  for (const file of files) {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const imported = [...text.matchAll(/from '([^']+)'/g)].map(([, path]) => path ?? '');
    expect(imported.filter((path) => !/^\.\/[a-z-]+\.ts$/.test(path))).toEqual([]);
  }
});
