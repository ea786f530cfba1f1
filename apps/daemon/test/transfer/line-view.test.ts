import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LineView } from '../../src/transfer/line-view.ts';
import { type FakeTerminal, fakeTerminal } from '../support/fake-terminal.ts';

let terminal: FakeTerminal;
let view: LineView;
beforeEach(() => {
  vi.useFakeTimers();
  terminal = fakeTerminal();
  view = new LineView(terminal, () => Date.now());
});
afterEach(() => {
  view.close();
  vi.useRealTimers();
});

const lines = (): string[] => terminal.stderrText().split('\n').slice(0, -1);

/** The transfer goes on for so many seconds, ten news a second. */
function run(seconds: number, bytesPerSecond: number, totalBytes: number): void {
  for (let tenth = 0; tenth <= seconds * 10; tenth += 1) {
    view.show('a', { name: 'a.bin', bytes: (tenth * bytesPerSecond) / 10, totalBytes });
    vi.advanceTimersByTime(100);
  }
}

describe('a view in lines', () => {
  test('a transfer of a moment has one line, its first', () => {
    run(0.8, 1e9, 1e9);
    view.end('a');
    vi.advanceTimersByTime(60_000);
    expect(lines()).toEqual(['a.bin: 0 % of 1.0 GB']);
  });

  test('one of a minute has a line every 10 s', () => {
    run(60, 1e6, 1e9);
    expect(lines()).toHaveLength(7);
    expect(lines()[3]).toBe('a.bin: 3 % of 1.0 GB, 1.0 MB/s, 16 min 10 s left');
  });

  test('one that is faster has a line every 10 %', () => {
    run(20, 50e6, 1e9);
    expect(lines().map((line) => line.split(' ')[1])).toEqual([
      '0',
      '10',
      '20',
      '30',
      '40',
      '50',
      '60',
      '70',
      '80',
      '90',
      '100',
    ]);
  });

  test('another doing is told within a second, also when nothing more is heard', () => {
    view.show('a', { name: 'a.bin', doing: 'hashing', bytes: 0, totalBytes: 100 });
    view.show('a', { name: 'a.bin', doing: 'offered', bytes: 0, totalBytes: 0 });
    expect(lines()).toEqual(['a.bin: hashing, 0 % of 100 bytes']);
    vi.advanceTimersByTime(1_000);
    expect(lines()[1]).toBe('a.bin: offered');
    vi.advanceTimersByTime(60_000);
    expect(lines()).toHaveLength(2);
  });

  test('several at once have their own lines; names are made harmless', () => {
    view.show('a', { name: 'a\u001b[2J', bytes: 0, totalBytes: 10 });
    view.show('b', { name: 'b', bytes: 0, totalBytes: 20 });
    expect(lines()).toEqual(['a\\x1b[2J: 0 % of 10 bytes', 'b: 0 % of 20 bytes']);
  });
});
