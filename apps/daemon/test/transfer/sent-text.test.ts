import type { FileOutcome, SentFile } from '@amop/client';
import { describe, expect, test } from 'vitest';
import { isComplete, sentText } from '../../src/transfer/sent-text.ts';

const FIGURES = { elapsedMs: 12_300, bytesPerSecond: 98_000_000 };
const RECEIVER = 'a1b2c3d4'.repeat(4);
const KEY = '3f2a91c7'.repeat(16);

function outcome(more: Partial<FileOutcome> = {}): FileOutcome {
  return { receiver: RECEIVER, outcome: 'done', bytes: 1_200_000_000, ...more };
}

function sent(receivers: readonly FileOutcome[], more: Partial<SentFile> = {}): SentFile {
  return {
    transfer: '0'.repeat(32),
    name: 'report.pdf',
    size: 1_200_000_000,
    hash: 'f'.repeat(64),
    receivers,
    ...more,
  };
}

describe('sentText', () => {
  test('to one: who has it, by key where it has proved one', () => {
    expect(sentText(sent([outcome()]), 'one', FIGURES)).toBe(
      'sent report.pdf (1.2 GB, 12.3 s, 98 MB/s) to a1b2c3d4\n',
    );
    expect(sentText(sent([outcome({ key: KEY })]), 'one', FIGURES)).toBe(
      'sent report.pdf (1.2 GB, 12.3 s, 98 MB/s) to 3f2a91c7…91c7\n',
    );
  });

  test('to all: one more line for each', () => {
    const receivers = [
      outcome({ key: KEY }),
      outcome({ outcome: 'refused', reason: 'too-large', bytes: 0 }),
    ];
    expect(sentText(sent(receivers), 'all', FIGURES)).toBe(
      'sent report.pdf (1.2 GB, 12.3 s, 98 MB/s) to 1 of 2 receivers\n' +
        '  3f2a91c7…91c7  done\n' +
        '  a1b2c3d4  refused: too-large\n',
    );
  });

  test('to all, one of whom could not go on: how far it is, and what it said harmless', () => {
    const failed = outcome({ outcome: 'failed', reason: 'disk\u001b[2J', bytes: 540_000_000 });
    expect(sentText(sent([failed]), 'all', FIGURES)).toBe(
      'not sent report.pdf (1.2 GB, 12.3 s, 98 MB/s) to 0 of 1 receiver\n' +
        '  a1b2c3d4  failed: disk\\x1b[2J (it has 540 MB of 1.2 GB)\n',
    );
  });

  test('one message to all: nobody says who got it', () => {
    const single = sent([], { transfer: undefined, name: 'a\nb', size: 12 });
    const figures = { elapsedMs: 20, bytesPerSecond: undefined };
    expect(sentText(single, 'all', figures)).toBe(
      'sent a\\nb (12 bytes, 0 s) in one message to all who listen\n',
    );
  });
});

test('a file is complete when everybody who took it has it, and somebody did', () => {
  const refused = outcome({ outcome: 'refused' });
  const stalled = outcome({ outcome: 'stalled' });
  expect(isComplete(sent([outcome(), refused]))).toBe(true);
  expect(isComplete(sent([outcome(), stalled]))).toBe(false);
  expect(isComplete(sent([refused]))).toBe(false);
  expect(isComplete(sent([]))).toBe(false);
  expect(isComplete(sent([], { transfer: undefined }))).toBe(true);
});
