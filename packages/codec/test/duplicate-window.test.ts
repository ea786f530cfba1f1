import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ChannelFrame, encodeChannelFrame, readChannelFrame } from '../src/channel-frame.ts';
import { DuplicateWindow } from '../src/duplicate-window.ts';
import { FIXED } from './arbitrary.ts';
import { codeOf } from './codec-error.ts';
import { utf8 } from './vector-file.ts';

function frameOf(seq: number, text: string, type = 0x35, result = 0): ChannelFrame {
  const seqBytes = utf8(String(seq).padStart(32, '0'));
  return readChannelFrame(encodeChannelFrame({ type, seq: seqBytes, result, data: utf8(text) }));
}

describe('a second arrival', () => {
  test('through another source is a duplicate, through the same one is meant', () => {
    const window = new DuplicateWindow({ seed: 1 });
    expect(window.isDuplicate(frameOf(1, 'a'), 1, 0)).toBe(false);
    expect(window.isDuplicate(frameOf(1, 'a'), 2, 1)).toBe(true);
    expect(window.isDuplicate(frameOf(1, 'a'), 3, 2)).toBe(true);
    expect(window.isDuplicate(frameOf(1, 'a'), 1, 3)).toBe(false);
  });

  test.each([
    ['seq', frameOf(2, 'a')],
    ['data', frameOf(1, 'b')],
    ['longer data', frameOf(1, 'a\u0000')],
    ['type', frameOf(1, 'a', 0x30)],
  ])('with another %s is none', (_name, other) => {
    const window = new DuplicateWindow({ seed: 1 });
    window.isDuplicate(frameOf(1, 'a'), 1, 0);
    expect(window.isDuplicate(other, 2, 1)).toBe(false);
  });

  test('is one whatever the result field says', () => {
    const window = new DuplicateWindow({ seed: 1 });
    window.isDuplicate(frameOf(1, 'a', 0x35, 900), 1, 0);
    expect(window.isDuplicate(frameOf(1, 'a', 0x35, 850), 2, 1)).toBe(true);
  });

  test('same seq with other content does not hide the first', () => {
    const window = new DuplicateWindow({ seed: 1 });
    window.isDuplicate(frameOf(1, 'a'), 1, 0);
    window.isDuplicate(frameOf(1, 'b'), 1, 0);
    expect(window.isDuplicate(frameOf(1, 'a'), 2, 1)).toBe(true);
    expect(window.isDuplicate(frameOf(1, 'b'), 2, 1)).toBe(true);
  });

  test('delivers a repeated multicast once each time, in either order of the copies', () => {
    const window = new DuplicateWindow({ seed: 1 });
    const arrivals: [number, number][] = [
      [1, 0],
      [2, 1],
      [2, 100],
      [1, 101],
    ];
    const delivered = arrivals.filter(
      ([source, nowMs]) => !window.isDuplicate(frameOf(1, 'a'), source, nowMs),
    );
    expect(delivered).toHaveLength(2);
  });
});

describe('time', () => {
  test.each([
    [0, 59_999, true],
    [0, 60_000, false],
    [59_999, 119_998, true],
    [59_999, 119_999, false],
    [123_456, 183_455, true],
    [123_456, 243_456, false],
    [123_456, 999_999, false],
  ])('first at %d ms, second at %d ms: duplicate %s', (first, second, expected) => {
    const window = new DuplicateWindow({ seed: 1 });
    window.isDuplicate(frameOf(0, 'starts the generation'), 1, 0);
    window.isDuplicate(frameOf(1, 'a'), 1, first);
    expect(window.isDuplicate(frameOf(1, 'a'), 2, second)).toBe(expected);
  });

  test('a duplicate does not prolong the window', () => {
    const window = new DuplicateWindow({ seed: 1, windowMs: 100 });
    window.isDuplicate(frameOf(1, 'a'), 1, 0);
    expect(window.isDuplicate(frameOf(1, 'a'), 2, 90)).toBe(true);
    expect(window.isDuplicate(frameOf(1, 'a'), 2, 110)).toBe(false);
  });

  test('any arrivals are judged as a list of all of them would', () => {
    const arrival = fc.record({
      seq: fc.nat({ max: 3 }),
      source: fc.nat({ max: 2 }),
      afterMs: fc.constantFrom(0, 1, 30, 99, 100, 101, 250),
    });
    fc.assert(
      fc.property(fc.array(arrival, { maxLength: 40 }), (arrivals) => {
        const window = new DuplicateWindow({ seed: 7, windowMs: 100 });
        const last = new Map<number, { source: number; atMs: number }>();
        let nowMs = 0;
        for (const { seq, source, afterMs } of arrivals) {
          nowMs += afterMs;
          const known = last.get(seq);
          const expected =
            known !== undefined && known.source !== source && nowMs - known.atMs < 100;
          if (!expected) last.set(seq, { source, atMs: nowMs });
          expect(window.isDuplicate(frameOf(seq, 'x'), source, nowMs)).toBe(expected);
        }
      }),
      FIXED,
    );
  });
});

describe('bounds', () => {
  test('never more than maxEntries, the newest half always there', () => {
    const window = new DuplicateWindow({ seed: 1, maxEntries: 100 });
    for (let seq = 0; seq < 1000; seq++) {
      window.isDuplicate(frameOf(seq, 'x'), 1, 0);
      expect(window.size).toBeLessThanOrEqual(100);
    }
    for (let seq = 951; seq < 1000; seq++) {
      expect(window.isDuplicate(frameOf(seq, 'x'), 2, 0)).toBe(true);
    }
    expect(window.isDuplicate(frameOf(100, 'x'), 2, 0)).toBe(false);
  });

  test('what is old is forgotten at the next call', () => {
    const window = new DuplicateWindow({ seed: 1 });
    for (let seq = 0; seq < 50; seq++) window.isDuplicate(frameOf(seq, 'x'), 1, 0);
    window.isDuplicate(frameOf(99, 'x'), 1, 120_000);
    expect(window.size).toBe(1);
  });
});

test.each([
  { seed: -1 },
  { seed: 2 ** 32 },
  { seed: 1.5 },
  { seed: 1, windowMs: 0 },
  { seed: 1, windowMs: Number.NaN },
  { seed: 1, maxEntries: 1 },
])('%j is refused', (options) => {
  expect(codeOf(() => new DuplicateWindow(options))).toBe('AMOP_CODEC_INVALID_ARGUMENT');
});
