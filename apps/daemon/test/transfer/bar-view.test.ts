import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { say } from '../../src/commands/watch-links.ts';
import { BarView } from '../../src/transfer/bar-view.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';
import { createScreen, type Screen } from '../support/screen.ts';

const COLUMNS = 72;
let screen: Screen;
let written: string;
let interrupt: () => void;
let view: BarView;
beforeEach(() => {
  vi.useFakeTimers();
  screen = createScreen(COLUMNS);
  written = '';
  const terminal = fakeTerminal({ isTty: { stderr: true, stdout: true }, columns: COLUMNS });
  interrupt = terminal.interrupt;
  const write = (text: string): void => {
    written += text;
    screen.write(text);
  };
  view = new BarView(
    {
      ...terminal,
      err: write,
      out: (data) => {
        write(String(data));
        return true;
      },
    },
    () => Date.now(),
  );
});
afterEach(() => {
  view.close();
  vi.useRealTimers();
});

/** What is seen when the bars were drawn next. */
async function seen(): Promise<string[]> {
  vi.advanceTimersByTime(1_000);
  const lines = screen.lines();
  // The emulated terminal has timers, too.
  await vi.advanceTimersByTimeAsync(1_000);
  return lines;
}

describe('bars', () => {
  test('each transfer has one, below what else is written', async () => {
    say(view.terminal, 'receiving files');
    view.show('a', { name: 'a.bin', bytes: 0, totalBytes: 1e9 });
    view.show('b', { name: 'b.bin', doing: 'hashing', bytes: 5e6, totalBytes: 1e7 });
    vi.advanceTimersByTime(1_000);
    view.show('a', { name: 'a.bin', bytes: 2e8, totalBytes: 1e9 });
    say(view.terminal, `lost a node: ${'why '.repeat(20)}`);
    view.terminal.out('received c.bin\n');
    expect(await seen()).toEqual([
      'receiving files',
      `lost a node: ${'why '.repeat(20)}`.slice(0, COLUMNS),
      `lost a node: ${'why '.repeat(20)}`.slice(COLUMNS).trimEnd(),
      'received c.bin',
      'a.bin  [====----------------]  20 % of 1.0 GB, 200 MB/s, 4 s left',
      'b.bin  [===============---------------]  hashing, 50 % of 10 MB',
    ]);
  });

  test('one that is over leaves no trace, the others move up', async () => {
    for (const id of ['a', 'b', 'c']) view.show(id, { name: id, bytes: 1, totalBytes: 2 });
    await seen();
    view.end('a');
    view.terminal.out('received a\n');
    const bar = '[===============---------------]  50 % of 2 bytes';
    expect(await seen()).toEqual(['received a', `b  ${bar}`, `c  ${bar}`]);
    view.end('b');
    view.end('c');
    view.terminal.out('received b and c\n');
    expect(await seen()).toEqual(['received a', 'received b and c']);
    view.show('d', { name: 'd', bytes: 1, totalBytes: 2 });
    expect(await seen()).toEqual(['received a', 'received b and c', `d  ${bar}`]);
  });

  test('Ctrl-C takes them away, and nothing is drawn after it', async () => {
    view.show('a', { name: 'a', bytes: 1, totalBytes: 2 });
    await seen();
    interrupt();
    view.show('a', { name: 'a', bytes: 2, totalBytes: 2 });
    say(view.terminal, 'stopped');
    expect(await seen()).toEqual(['stopped']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('no mode of the terminal is changed: a process that is killed leaves none behind', async () => {
    view.show('a', { name: 'a\u001b]0;title\u0007', bytes: 1, totalBytes: 2 });
    await seen();
    view.close();
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes are what is looked for
    expect(written.replaceAll(/\u001b\[\d*[ABGJK]/g, '')).not.toContain('\u001b');
  });
});
