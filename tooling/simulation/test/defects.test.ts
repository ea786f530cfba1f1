import { expect, test } from 'vitest';
import { defects, patched } from '../defects.mjs';

test('there are thirty-seven known defects', () => {
  expect(defects()).toHaveLength(37);
});

test.each(defects())('$name applies to the sources as they are', (defect) => {
  const files = patched(defect);
  expect(files.length).toBeGreaterThan(0);
  expect(defect.what).toMatch(/\.$/);
});
