import { describe, expect, it } from 'vitest';
import { topicSet } from '../../src/permission/topic-set.ts';

describe('topicSet', () => {
  it.each([
    [['rates'], 'rates', true],
    [['rates'], 'rates.eur', false],
    [['rates'], 'rate', false],
    [['rates.*'], 'rates.eur', true],
    [['rates.*'], 'rates.', true],
    [['rates.*'], 'rates', false],
    [['*'], 'anything', true],
    [['rates', '*'], 'anything', true],
    [[], 'anything', false],
    [['链上*'], '链上信使', true],
    [['a', 'b*'], 'bank', true],
  ])('%j has %j: %s', (patterns, topic, isIn) => {
    expect(topicSet(patterns).has(topic)).toBe(isIn);
  });
});
