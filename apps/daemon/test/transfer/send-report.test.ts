import { ClientError, type SendProgress } from '@amop/client';
import { describe, expect, test } from 'vitest';
import { LineView } from '../../src/transfer/line-view.ts';
import {
  SendReportForPeople,
  SendReportJson,
  shownSending,
} from '../../src/transfer/send-report.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';

const OPTIONS = { topic: 'reports', to: 'one', verbose: false } as const;
const SENT = {
  transfer: '1'.repeat(32),
  name: 'a.bin',
  size: 100,
  hash: 'f'.repeat(64),
  receivers: [{ receiver: 'a'.repeat(32), outcome: 'done', bytes: 100 }],
} as const;

function progress(phase: SendProgress['phase'], bytes: number): SendProgress {
  return { phase, name: 'a.bin', size: 100, bytes, totalBytes: 100, receivers: [] };
}

describe('for people', () => {
  test('progress on stderr, what was sent on stdout', () => {
    const terminal = fakeTerminal();
    const report = new SendReportForPeople(OPTIONS, new LineView(terminal));
    report.begin('a.bin');
    report.progress(progress('hashing', 0));
    report.sent(SENT);
    report.close();
    expect(terminal.stderrText()).toBe('a.bin: hashing, 0 % of 100 bytes\n');
    expect(terminal.stdoutText()).toMatch(/^sent a\.bin \(100 bytes, .*\) to aaaaaaaa\n$/);
  });

  test('an error of one of several is a line, the last is left to the program', () => {
    const terminal = fakeTerminal();
    const report = new SendReportForPeople(OPTIONS, new LineView(terminal));
    const error = new ClientError('AMOP_CLIENT_NO_SUBSCRIBER', 'nobody took b.bin');
    report.begin('b.bin');
    report.failed(error, true);
    expect(terminal.stderrText()).toBe('');
    report.failed(error, false);
    expect(terminal.stderrText()).toMatch(
      /^amop: nobody took b\.bin \(AMOP_CLIENT_NO_SUBSCRIBER\)\. [^\n]+\n$/,
    );
  });

  test('an offer has no bytes; only while it is sent there is nothing else to say', () => {
    expect(shownSending(progress('offering', 5))).toMatchObject({ bytes: 0, totalBytes: 0 });
    expect(shownSending(progress('sending', 5))).toEqual({
      name: 'a.bin',
      bytes: 5,
      totalBytes: 100,
    });
  });
});

describe('with --json', () => {
  test('one object a line, progress at a pace', () => {
    const terminal = fakeTerminal({ isTty: { stderr: true } });
    const report = new SendReportJson(OPTIONS, terminal);
    report.begin('dir/a.bin');
    report.progress(progress('sending', 1));
    for (let bytes = 2; bytes < 100; bytes += 1) report.progress(progress('sending', bytes));
    report.sent(SENT);
    report.begin('b\u009b.bin');
    report.failed(new ClientError('AMOP_CLIENT_NO_SUBSCRIBER', 'nobody took b.bin'));
    report.close();
    expect(terminal.stderrText()).toBe('');
    expect(terminal.stdoutText()).not.toContain('\u009b');
    const lines = terminal.stdoutText().trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { kind: 'progress', topic: 'reports', file: 'dir/a.bin', ...progress('sending', 1) },
      {
        kind: 'sent',
        topic: 'reports',
        file: 'dir/a.bin',
        ...SENT,
        elapsedMs: expect.any(Number),
      },
      {
        kind: 'failed',
        topic: 'reports',
        file: 'b\u009b.bin',
        error: {
          code: 'AMOP_CLIENT_NO_SUBSCRIBER',
          message: 'nobody took b.bin',
          fix: expect.any(String),
          exitCode: 1,
          details: { maybeDelivered: 'no', retryable: false },
        },
      },
    ]);
  });
});
