import { describe, expect, test } from 'vitest';
import { formatLogLine } from '../../src/daemon/log-line.ts';

const record = (more: object): string =>
  JSON.stringify({ level: 30, time: 0, pid: 1, hostname: 'h', msg: 'ready', ...more });

describe('formatLogLine', () => {
  test('is time, level, message, details', () => {
    expect(formatLogLine(record({ channel: '127.0.0.1:20200', sessions: 2 }), false)).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} INFO {2}ready channel=127\.0\.0\.1:20200 sessions=2\n$/,
    );
  });

  test('quotes text with spaces and shows objects as JSON', () => {
    const line = formatLogLine(record({ reason: 'no answer', peer: { id: 'ab' } }), false);
    expect(line).toContain(' reason="no answer" peer={"id":"ab"}\n');
  });

  test('an error is its message and code on the same line', () => {
    const error = { type: 'Error', message: 'gone', code: 'AMOP_X', stack: 'at a\nat b' };
    expect(formatLogLine(record({ level: 50, error }), false)).toMatch(
      / ERROR ready error="gone \(AMOP_X\)"\n$/,
    );
  });

  test("other nodes' IDs are shortened, its own is not", () => {
    const id = 'ab'.repeat(64);
    const line = formatLogLine(record({ nodeId: id, peer: id }), false);
    expect(line).toContain(` nodeId=${id} peer=${'ab'.repeat(8)}...\n`);
  });

  test('details cannot control the terminal', () => {
    const line = formatLogLine(record({ topic: '\u001b[2J', msg: 'a\nb' }), false);
    expect(line).toContain('a\\nb topic=\\x1b[2J');
  });

  test('colours the level only', () => {
    const line = formatLogLine(record({ level: 40 }), true);
    expect(line).toContain(`\u001b[33mWARN \u001b[39m ready`);
  });

  test.each(['not JSON\n', '5\n'])('leaves %j as it is', (line) => {
    expect(formatLogLine(line, false)).toBe(line);
  });
});
