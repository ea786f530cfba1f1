import { expect, test } from 'vitest';
import { defects, patched } from '../defects.mjs';

test('there are twenty-seven known defects', () => {
  expect(defects()).toHaveLength(27);
});

test.each(defects())('$name applies to the sources as they are', (defect) => {
  const files = patched(defect);
  expect(files.length).toBeGreaterThan(0);
  expect(defect.what).toMatch(/\.$/);
});
