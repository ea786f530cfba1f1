import { describe, expect, test } from 'vitest';
import { formatFamily } from '../../src/metrics/text-format.ts';

describe('the text format of Prometheus', () => {
  test('a counter with labels', () => {
    const family = {
      type: 'counter',
      name: 'a_total',
      help: 'How many',
      samples: [
        { labels: { kind: 'one' }, value: 3 },
        { labels: {}, value: 0.5 },
      ],
    } as const;
    expect(formatFamily(family)).toBe(
      '# HELP a_total How many\n# TYPE a_total counter\na_total{kind="one"} 3\na_total 0.5\n',
    );
  });

  test('a histogram: cumulative buckets, the last one without bound, sum and count', () => {
    const family = {
      type: 'histogram',
      name: 'h',
      help: 'h',
      samples: [{ labels: { hop: 'x' }, bounds: [0.1, 1], counts: [2, 1, 4], sum: 9 }],
    } as const;
    expect(formatFamily(family).split('\n').slice(2, -1)).toEqual([
      'h_bucket{hop="x",le="0.1"} 2',
      'h_bucket{hop="x",le="1"} 3',
      'h_bucket{hop="x",le="+Inf"} 7',
      'h_sum{hop="x"} 9',
      'h_count{hop="x"} 7',
    ]);
  });

  test('what would end a label or a line is escaped', () => {
    const labels = { subject: 'CN="a"\\b\nc' };
    const family = {
      type: 'gauge',
      name: 'g',
      help: 'a\nb',
      samples: [{ labels, value: 1 }],
    } as const;
    expect(formatFamily(family)).toBe(
      '# HELP g a\\nb\n# TYPE g gauge\ng{subject="CN=\\"a\\"\\\\b\\nc"} 1\n',
    );
  });
});
