import type { FileOffer } from '@amop/client';
import { describe, expect, test } from 'vitest';
import { LineView } from '../../src/transfer/line-view.ts';
import { ReceiveReportForPeople, ReceiveReportJson } from '../../src/transfer/receive-report.ts';
import { Refusals } from '../../src/transfer/refusals.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';

const OFFER: FileOffer = {
  transfer: '1'.repeat(32),
  topic: 'reports',
  name: 'report.pdf',
  offeredName: '../report.pdf',
  size: 1_200_000_000,
  hash: 'f'.repeat(64),
  to: 'one',
  sender: undefined,
};
const PATH = '/srv/inbox/report.pdf';

describe('for people', () => {
  test('progress on stderr, a file that is there on stdout', () => {
    const terminal = fakeTerminal();
    const report = new ReceiveReportForPeople(new LineView(terminal));
    report.tell({ kind: 'started', offer: OFFER, path: PATH, bytes: 0 });
    report.tell({ kind: 'progress', offer: OFFER, bytes: 600_000_000 });
    report.tell({ kind: 'done', offer: OFFER, path: PATH });
    report.close();
    expect(terminal.stderrText()).toBe('report.pdf: 0 % of 1.2 GB\n');
    expect(terminal.stdoutText()).toMatch(/^received \/srv\/inbox\/report\.pdf \(1\.2 GB, .*\)\n$/);
  });

  test('while the sender is away, how far it is', async () => {
    const terminal = fakeTerminal();
    const report = new ReceiveReportForPeople(new LineView(terminal));
    report.tell({ kind: 'started', offer: OFFER, path: PATH, bytes: 600_000_000 });
    report.tell({ kind: 'waiting', offer: OFFER, reason: 'sender-not-found' });
    await terminal.stderrHas('waiting');
    report.close();
    expect(terminal.stderrText()).toBe(
      'report.pdf: 50 % of 1.2 GB\n' +
        'report.pdf: waiting for the sender (sender-not-found), 50 % of 1.2 GB\n',
    );
  });

  test('who sent it on a private topic', () => {
    const terminal = fakeTerminal();
    const report = new ReceiveReportForPeople(new LineView(terminal));
    const offer = { ...OFFER, sender: '3f2a91c7'.repeat(16) };
    report.tell({ kind: 'done', offer, path: PATH });
    expect(terminal.stdoutText()).toBe(
      'received /srv/inbox/report.pdf (1.2 GB) from 3f2a91c7…91c7\n',
    );
  });

  test('refusals and failures on stderr, one that is repeated once', () => {
    const terminal = fakeTerminal();
    const report = new ReceiveReportForPeople(new LineView(terminal));
    const offer = { ...OFFER, name: 'a\u001b[2J' };
    report.tell({ kind: 'refused', offer, reason: 'too-large' });
    report.tell({ kind: 'refused', offer, reason: 'too-large' });
    report.tell({ kind: 'failed', offer, reason: 'disk-full' });
    expect(terminal.stdoutText()).toBe('');
    expect(terminal.stderrText()).toBe(
      'refused a\\x1b[2J (1.2 GB): too-large\nfailed a\\x1b[2J (1.2 GB): disk-full\n',
    );
  });
});

describe('with --json', () => {
  test('one object a line: the event and what is offered; progress at a pace', () => {
    const terminal = fakeTerminal();
    const report = new ReceiveReportJson(terminal);
    report.tell({ kind: 'started', offer: OFFER, path: PATH, bytes: 5 });
    for (let bytes = 6; bytes < 100; bytes += 1) {
      report.tell({ kind: 'progress', offer: OFFER, bytes });
    }
    report.tell({ kind: 'waiting', offer: OFFER, reason: 'not-connected' });
    report.tell({ kind: 'refused', offer: OFFER, reason: 'too-large' });
    report.tell({ kind: 'refused', offer: OFFER, reason: 'too-large' });
    report.tell({ kind: 'done', offer: OFFER, path: PATH });
    const { sender: _none, ...offer } = OFFER;
    const lines = terminal.stdoutText().trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { kind: 'started', ...offer, path: PATH, bytes: 5 },
      { kind: 'progress', ...offer, bytes: 6 },
      { kind: 'waiting', ...offer, reason: 'not-connected' },
      { kind: 'refused', ...offer, reason: 'too-large' },
      { kind: 'done', ...offer, path: PATH },
    ]);
  });
});

test('so many refusals are remembered, then the oldest is told of anew', () => {
  const refusals = new Refusals();
  for (let number = 0; number <= 1_000; number += 1) {
    expect(refusals.isNew({ ...OFFER, transfer: String(number) }, 'busy')).toBe(true);
  }
  expect(refusals.isNew({ ...OFFER, transfer: '1000' }, 'busy')).toBe(false);
  expect(refusals.isNew({ ...OFFER, transfer: '0' }, 'busy')).toBe(true);
});
