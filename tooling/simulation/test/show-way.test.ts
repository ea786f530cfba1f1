import { expect, test } from 'vitest';
import { wayOf } from '../src/simulate/show-way.ts';

const LINES = [
  '   1.000  c1        subscribe topic=t',
  '   9.500  c1        unsubscribe topic=t',
  '   9.600  c1        unsubscribe topic=other',
  '  10.000  c0        request message=c0-1 topic=t timeoutMs=1000',
  '  10.000  c0 > n0   0x30 request 0000..000001 "t" c0-1 (65 B)',
  '  10.001  c0 > n0   0x30 request 0000..000002 "t" c0-10 (65 B)',
  '  10.002  n0 > c2   0x31 response 0000..000001 "t" c2.1.1 (65 B)',
  '  10.003  n0 > n1   p2p #0 topic counts {"topics":[["t",0]]}',
  '  10.004  c0        failure message=c0-1 code=X told=no',
  '  10.005  c1        subscribe topic=t',
];

test('the way of a message: its lines, others under its seq, subscriptions to its topic shortly before', () => {
  const [, unsubscribe = '', , request = '', frame = '', , other = '', counts = '', failure = ''] =
    LINES;
  expect(wayOf('c0-1', LINES)).toEqual([
    unsubscribe,
    request,
    frame,
    `${other}  [same seq]`,
    counts,
    failure,
  ]);
});
