import { CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { DaemonError } from '../../src/errors.ts';
import { formatError } from '../../src/output/error-text.ts';

const foreign = (code: string, message: string, details?: object): Error =>
  Object.assign(new Error(message), { code, details });

describe('formatError', () => {
  test('is one line: message, code, what to do', () => {
    const error = foreign('AMOP_CLIENT_NO_SUBSCRIBER', 'nobody subscribes to "x"');
    expect(formatError(error, { program: 'amop' })).toBe(
      'amop: nobody subscribes to "x" (AMOP_CLIENT_NO_SUBSCRIBER).' +
        " 'amop topics' shows who listens to what.\n",
    );
  });

  test('stays one line whatever the message holds', () => {
    const line = formatError(new Error('first\nsecond\u001b[2J'), { program: 'amop' });
    expect(line).toBe('amop: first second\\x1b[2J\n');
  });

  test('takes the fix that an error brings along', () => {
    const error = foreign('AMOP_NODE_LISTEN', 'port 20200 is in use', { fix: 'stop the other' });
    expect(formatError(error, { program: 'amopd' })).toBe(
      'amopd: port 20200 is in use (AMOP_NODE_LISTEN). Stop the other.\n',
    );
  });

  test('does not repeat a fix that the message holds', () => {
    const error = foreign('AMOP_NODE_CONFIG_VALUE', 'port=x: a number', { fix: 'a number' });
    expect(formatError(error, { program: 'amopd' })).toBe(
      'amopd: port=x: a number (AMOP_NODE_CONFIG_VALUE)\n',
    );
  });

  test('gives no advice where the subscriber has told why', () => {
    const error = foreign('AMOP_CLIENT_HANDLER_FAILED', 'no such account', {
      remoteMessage: 'no such account',
    });
    expect(formatError(error, { program: 'amop' })).toBe(
      'amop: no such account (AMOP_CLIENT_HANDLER_FAILED)\n',
    );
  });

  test('points to the certificates where a TLS handshake failed', () => {
    const tls = foreign('AMOP_PORTS_TLS_FAILED', 'cut');
    const link = Object.assign(new Error('link', { cause: tls }), { code: 'AMOP_CLIENT_X' });
    const error = Object.assign(new Error('no node', { cause: link }), {
      code: 'AMOP_CLIENT_NOT_CONNECTED',
    });
    expect(formatError(error, { program: 'amop' })).toMatch(/ Do the certificates belong .*\n$/);
  });

  test('a usage error of the argument parser points to the help', () => {
    const error = new CommanderError(1, 'commander.unknownOption', "error: unknown option '--x'");
    expect(formatError(error, { program: 'amop' })).toBe(
      "amop: unknown option '--x' (AMOP_DAEMON_USAGE). See amop --help.\n",
    );
  });

  test('--json: one object with code, exit code and details', () => {
    const error = new DaemonError('AMOP_DAEMON_INCOMPLETE', '1 of 3 messages came in 50 ms', {
      expected: 3,
      received: 1,
    });
    expect(JSON.parse(formatError(error, { program: 'amop', json: true }))).toEqual({
      error: {
        code: 'AMOP_DAEMON_INCOMPLETE',
        message: '1 of 3 messages came in 50 ms',
        fix: 'Give a longer --timeout.',
        exitCode: 1,
        details: { expected: 3, received: 1 },
      },
    });
  });

  test('--verbose: the causes with their stacks follow', () => {
    const error = new Error('outer', { cause: new Error('inner') });
    const text = formatError(error, { program: 'amop', verbose: true });
    expect(text).toMatch(/^amop: outer\n/);
    expect(text).toMatch(/\[cause\]: Error: inner\n\s+at /);
  });

  test('what is no error at all is shown as text', () => {
    expect(formatError('plain', { program: 'amop' })).toBe('amop: plain\n');
  });
});
