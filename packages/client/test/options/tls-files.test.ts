import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { TlsOptions } from '../../src/options/options.ts';
import { readCredentials } from '../../src/options/tls-files.ts';
import { rejection } from '../support/world.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n';
let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'amop-client-'));
  for (const name of ['ca.crt', 'sdk.crt', 'sdk.key']) {
    await writeFile(join(directory, name), `${PEM}${name}`);
  }
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

test('the three files of an sdk folder are read', async () => {
  expect(await readCredentials({ directory, passphrase: 'p' })).toEqual({
    ca: `${PEM}ca.crt`,
    certificate: `${PEM}sdk.crt`,
    key: `${PEM}sdk.key`,
    passphrase: 'p',
  });
});

test('PEM texts are passed on', async () => {
  const given = { ca: PEM, certificate: PEM, key: PEM };
  expect(await readCredentials(given)).toEqual(given);
});

test.each(['ca.crt', 'sdk.crt', 'sdk.key'])('a missing %s is named', async (name) => {
  const file = join(directory, name);
  await rm(file);
  expect(await rejection(readCredentials({ directory }))).toMatchObject({
    code: 'AMOP_CLIENT_FILE',
    message: expect.stringContaining(`cannot read ${file} (ENOENT)`),
    details: { file, reason: 'missing-file', option: 'tls.directory' },
    cause: { code: 'ENOENT' },
  });
});

test('a file that cannot be read, or is not PEM, is named', async () => {
  const file = join(directory, 'sdk.crt');
  await writeFile(file, Uint8Array.of(0x30, 0x82));
  expect(await rejection(readCredentials({ directory }))).toMatchObject({
    code: 'AMOP_CLIENT_FILE',
    message: expect.stringContaining(`${file} is not PEM`),
    details: { file, reason: 'not-pem' },
  });
  await rm(file);
  await mkdir(file);
  expect(await rejection(readCredentials({ directory }))).toMatchObject({
    code: 'AMOP_CLIENT_FILE',
    details: { file, reason: 'unreadable' },
  });
});

test.each([
  ['tls', null],
  ['tls', 'sdk'],
  ['tls.directory', { directory: '' }],
  ['tls.directory', { directory: 5 }],
  ['tls.ca', { certificate: PEM, key: PEM }],
  ['tls.certificate', { ca: PEM, certificate: 'sdk.crt', key: PEM }],
  ['tls.key', { ca: PEM, certificate: PEM, key: Uint8Array.of(1) }],
])('a bad %s is named (%j)', async (option, tls) => {
  expect(await rejection(readCredentials(tls as TlsOptions))).toMatchObject({
    code: 'AMOP_CLIENT_OPTIONS',
    message: expect.stringContaining(option),
    details: { option, reason: 'bad-tls' },
  });
});
