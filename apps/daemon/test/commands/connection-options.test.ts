import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolveCertificates, resolveNodes } from '../../src/commands/connection-options.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function sdkFolder(
  path: string,
  files: readonly string[] = ['ca.crt', 'sdk.crt', 'sdk.key'],
): void {
  mkdirSync(path, { recursive: true });
  for (const file of files) writeFileSync(join(path, file), '');
}

describe('resolveNodes', () => {
  test('the options come before the environment', () => {
    const terminal = fakeTerminal({ env: { AMOP_NODE: '10.0.0.1:1' } });
    expect(resolveNodes({ node: ['a:1', 'b:2'] }, terminal)).toEqual(['a:1', 'b:2']);
  });

  test('the environment may name several', () => {
    const terminal = fakeTerminal({ env: { AMOP_NODE: '10.0.0.1:1, [::1]:2,' } });
    expect(resolveNodes({}, terminal)).toEqual(['10.0.0.1:1', '[::1]:2']);
  });

  test('the default is the first node of this machine', () => {
    expect(resolveNodes({}, fakeTerminal())).toEqual(['127.0.0.1:20200']);
  });
});

describe('resolveCertificates', () => {
  test('the option comes before the environment', () => {
    const cwd = temporaryFolder();
    sdkFolder(join(cwd, 'mine'));
    const terminal = fakeTerminal({ cwd, env: { AMOP_CERTS: '/elsewhere' } });
    expect(resolveCertificates({ certs: 'mine' }, terminal)).toBe(join(cwd, 'mine'));
  });

  test('the environment comes before the defaults', () => {
    const cwd = temporaryFolder();
    sdkFolder(join(cwd, 'sdk'));
    sdkFolder(join(cwd, 'other'));
    const terminal = fakeTerminal({ cwd, env: { AMOP_CERTS: 'other' } });
    expect(resolveCertificates({}, terminal)).toBe(join(cwd, 'other'));
  });

  test('what npm start makes comes before a plain sdk folder', () => {
    const cwd = temporaryFolder();
    sdkFolder(join(cwd, 'sdk'));
    expect(resolveCertificates({}, fakeTerminal({ cwd }))).toBe(join(cwd, 'sdk'));
    sdkFolder(join(cwd, '.amop', 'bankA', 'sdk'));
    expect(resolveCertificates({}, fakeTerminal({ cwd }))).toBe(join(cwd, '.amop', 'bankA', 'sdk'));
  });

  test('says so when there is none', () => {
    const terminal = fakeTerminal({ cwd: temporaryFolder() });
    expect(() => resolveCertificates({}, terminal)).toThrow(
      expect.objectContaining({ code: 'AMOP_DAEMON_SDK_FOLDER' }),
    );
  });

  test('names the files that are missing', () => {
    const cwd = temporaryFolder();
    sdkFolder(join(cwd, 'sdk'), ['sdk.crt']);
    expect(() => resolveCertificates({}, fakeTerminal({ cwd }))).toThrow(
      expect.objectContaining({
        code: 'AMOP_DAEMON_SDK_FOLDER',
        details: { path: join(cwd, 'sdk'), missing: ['ca.crt', 'sdk.key'] },
      }),
    );
  });
});
