import { expect, test } from 'vitest';
import { formatTable } from '../../src/output/table.ts';

test('columns are aligned and rows have no trailing spaces', () => {
  const text = formatTable([
    ['TOPIC', 'AT'],
    ['payments.query', 'bankB'],
    ['a\tb', ''],
  ]);
  expect(text).toBe('TOPIC           AT\npayments.query  bankB\na\\tb\n');
});
