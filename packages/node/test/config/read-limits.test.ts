import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { IniFile } from '../../src/config/ini-file.ts';
import { readLimits } from '../../src/config/read-limits.ts';
import { DEFAULT_NODE_LIMITS, NodeError } from '../../src/index.ts';

function read(...lines: string[]): ReturnType<typeof readLimits> {
  return readLimits(new IniFile('config.ini', ['[amop]', ...lines].join('\n')));
}

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof NodeError) return `${error.code} ${error.message}`;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('readLimits', () => {
  it('gives back those that are set', () => {
    expect(read()).toEqual({});
    expect(read('    max_sessions=50', 'session_idle_ms = 5000 ; 5 s')).toEqual({
      maxSessions: 50,
      sessionIdleMs: 5_000,
    });
  });

  it.each(['0', '-1', '1.5', '1e3', '10 000', 'many', '2147483648', '99999999999999999999'])(
    'refuses max_sessions=%s',
    (value) => {
      const message = messageOf(() => read(`max_sessions=${value}`));
      expect(message).toMatch(/^AMOP_NODE_CONFIG_VALUE .*\[amop\] max_sessions=.*from 1 to/);
    },
  );

  it.each([
    ['low_water_bytes=1048576', 'below high_water_bytes, which is 1048576'],
    ['high_water_bytes=99999999', 'below cut_bytes'],
    ['max_queue_bytes=1000000', 'below max_queue_bytes'],
    ['max_message_bytes=104857600', 'at most 103809024'],
  ])('refuses what makes no sense together: %s', (line, allowed) => {
    expect(messageOf(() => read(line))).toContain(allowed);
  });

  it('every limit is in docs/configuration.md with its default', () => {
    const docs = readFileSync(
      new URL('../../../../docs/configuration.md', import.meta.url),
      'utf8',
    );
    for (const [name, value] of Object.entries(DEFAULT_NODE_LIMITS)) {
      const key = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      expect(docs).toContain(`| ${key} | ${value} |`);
    }
  });
});
