import { describe, expect, it } from 'vitest';
import { cleanIniText } from '../../src/config/ini-lines.ts';
import { NodeError } from '../../src/index.ts';

function messageOf(...lines: string[]): string {
  try {
    cleanIniText('config.ini', lines.join('\n'));
  } catch (error) {
    if (error instanceof NodeError && error.code === 'AMOP_NODE_CONFIG_VALUE') return error.message;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('cleanIniText', () => {
  it.each([
    ['a byte order mark', '\uFEFF[rpc]\na=1', '[rpc]\na=1'],
    ['a comment behind a section', '[rpc] ; of the applications\na=1', '[rpc]\na=1'],
    ['spaces and tabs', '\t[ rpc ] \n \ta = 1\t', '[rpc]\na = 1'],
    ['the line ends of Windows', '[rpc]\r\na=1\r\n', '[rpc]\na=1\n'],
    ['comments, numbers of lines stay', '; a\n# b\n[rpc]', '\n\n[rpc]'],
  ])('takes %s', (_, text, clean) => {
    expect(cleanIniText('config.ini', text)).toBe(clean);
  });

  it('one key may be in two sections, and a section in two parts', () => {
    const text = '[a]\nkey=1\n[b]\nkey=1\n[a]\nother=1';
    expect(cleanIniText('config.ini', text)).toBe(text);
  });

  it.each([
    [['cal.0=1', '[cal]'], 'line 1 comes before the first section'],
    [['[p2p]', '[cal', 'cal.0=1'], 'line 2 is not a section'],
    [['[p2p]', '[cal] cal.0=1'], 'line 2 is not a section'],
    // Found by node/config: the parser made sections in sections of dots, and null of the quotes.
    [['[]', '[.]'], 'line 2 is not a section'],
    [['[p2p]', 'node.0=a:1', '[p2p.node]'], 'line 3 is not a section'],
    [["['null']", 'a=1'], 'line 1 is not a section'],
    [['[p2p]', "'null'=1"], 'line 2 sets a key in quotes'],
    [['[crl]', 'crl.0=1', '', 'crl.0 = 2'], 'line 4 sets [crl] crl.0 again'],
    [['[crl]', 'crl.0=1', '[cal]', '[crl]', 'crl.0=2'], 'line 5 sets [crl] crl.0 again'],
  ])('does not pass over a line that would make a list shorter: %j', (lines, expected) => {
    expect(messageOf(...lines)).toContain(`config.ini: ${expected}`);
  });
});
