import { expect, test } from 'vitest';
import { mutants } from '../src/mutants.mjs';
import { obstacle } from '../src/obstacle.mjs';

test.each(mutants)('$defect $restores: its line is where it looks for it', (mutant) => {
  expect(obstacle(mutant)).toBeUndefined();
});

test('a line that is not there, or more than once, is an obstacle', () => {
  const mutant = { ...mutants[0], find: 'no such line' };
  expect(obstacle(mutant)).toBe('its line is there 0 times');
  expect(obstacle({ ...mutant, find: 'return' })).toMatch(/^its line is there \d+ times$/);
  expect(obstacle({ ...mutant, find: 'two\nlines' })).toBe('more than one line');
});
