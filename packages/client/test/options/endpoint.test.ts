import { expect, test } from 'vitest';
import { parseEndpoints } from '../../src/options/endpoint.ts';

test.each([
  ['127.0.0.1:20200', '127.0.0.1', 20_200, '127.0.0.1:20200'],
  ['node0.bank-a.example:1', 'node0.bank-a.example', 1, 'node0.bank-a.example:1'],
  ['[::1]:65535', '::1', 65_535, '[::1]:65535'],
  ['[fe80::1%eth0]:20200', 'fe80::1%eth0', 20_200, '[fe80::1%eth0]:20200'],
])('%s is an address', (text, host, port, back) => {
  expect(parseEndpoints(text)).toEqual([{ host, port, text: back }]);
});

test.each([
  '',
  'localhost',
  ':20200',
  'localhost:',
  'localhost:0',
  'localhost:65536',
  '::1:20200',
  '[::1]',
  'https://node:20200',
  'node:20200/x',
  'no de:20200',
])('%j is none, and the error shows how to write one', (text) => {
  expect(() => parseEndpoints(text)).toThrow(
    expect.objectContaining({
      code: 'AMOP_CLIENT_OPTIONS',
      message: expect.stringContaining("'127.0.0.1:20200'"),
      details: expect.objectContaining({ option: 'nodes', reason: 'bad-address' }),
    }),
  );
});

test('a list keeps its order and loses its doubles', () => {
  const texts = parseEndpoints(['b:2', 'a:1', 'b:2']).map((endpoint) => endpoint.text);
  expect(texts).toEqual(['b:2', 'a:1']);
  expect(parseEndpoints('a:1')).toHaveLength(1);
});

test.each([[[]], [undefined], [7], [['a:1', 7]], [null]])('nodes: %j is refused', (nodes) => {
  expect(() => parseEndpoints(nodes)).toThrow(
    expect.objectContaining({ code: 'AMOP_CLIENT_OPTIONS' }),
  );
});
