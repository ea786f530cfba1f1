import { CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { exitCodeOf } from '../src/exit-code.ts';

describe('exitCodeOf', () => {
  test.each([
    ['AMOP_DAEMON_USAGE', 2],
    ['AMOP_CLIENT_OPTIONS', 2],
    ['AMOP_CLIENT_TOPIC', 2],
    ['AMOP_DAEMON_CERTS_EXIST', 3],
    ['AMOP_DAEMON_SDK_FOLDER', 3],
    ['AMOP_CLIENT_CERTIFICATE', 3],
    ['AMOP_NODE_CONFIG_FILE', 3],
    ['AMOP_NODE_CONFIG_VALUE', 3],
    ['AMOP_NODE_CREDENTIALS', 3],
    ['AMOP_CRYPTO_PASSPHRASE', 3],
    ['AMOP_CRYPTO_BROKEN_CHAIN', 3],
    ['AMOP_DAEMON_CERTS_AUTHORITY', 3],
    ['AMOP_DAEMON_CERTS_FINDINGS', 1],
    ['AMOP_NODE_LISTEN', 1],
    ['AMOP_CLIENT_NO_SUBSCRIBER', 1],
    ['EACCES', 1],
  ])('%s ends with %d', (code, exitCode) => {
    expect(exitCodeOf(Object.assign(new Error('x'), { code }))).toBe(exitCode);
  });

  test.each([[new Error('x')], ['text'], [undefined], [{ code: 5 }]])(
    '%s ends with 1',
    (thrown) => {
      expect(exitCodeOf(thrown)).toBe(1);
    },
  );

  test('a help text that was asked for is no error', () => {
    expect(exitCodeOf(new CommanderError(0, 'commander.helpDisplayed', ''))).toBe(0);
    expect(exitCodeOf(new CommanderError(1, 'commander.missingArgument', ''))).toBe(2);
  });
});
