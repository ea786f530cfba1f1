import { expect, it } from 'vitest';
import { limitTopicList } from '../src/topic-list-limit.ts';
import { listPayload, text } from './topic-names.ts';

it('leaves a list within the limit as it is', () => {
  const payload = listPayload(3, 'a', 'b');
  const limited = limitTopicList(payload, 2);
  expect(text(limited.payload)).toBe('3\ta\tb');
  expect(limited.overLimit).toBe(0);
});

it('cuts a longer list between two topics and counts the rest', () => {
  const limited = limitTopicList(listPayload(3, 'alpha', 'beta', 'gamma', 'delta'), 2);
  expect(text(limited.payload)).toBe('3\talpha\tbeta');
  expect(limited.overLimit).toBe(2);
});

it('counts an empty topic at the end as one', () => {
  expect(limitTopicList(listPayload(30, 'a', ''), 1).overLimit).toBe(1);
});

it('makes a view, not a copy', () => {
  const payload = listPayload(3, 'alpha', 'beta');
  expect(limitTopicList(payload, 1).payload.buffer).toBe(payload.buffer);
});
