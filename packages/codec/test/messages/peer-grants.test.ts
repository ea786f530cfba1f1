import { expect, test } from 'vitest';
import { encodePeerGrants, parsePeerGrants } from '../../src/messages/peer-grants.ts';
import { challengeRoute, payloadTopic } from '../../src/private-topic.ts';
import { textOf, utf8 } from '../vector-file.ts';

const route = challengeRoute({ payload: payloadTopic('p'), id: 'ab'.repeat(16) });

test('what is written comes back', () => {
  const grants = {
    fresh: true,
    asked: [[1, route]],
    granted: [[7, route]],
    withdrawn: [[0xffff_ffff, route]],
    void: [[0, route]],
  } as const;
  const payload = encodePeerGrants(grants);
  expect(parsePeerGrants(payload)).toEqual({ ...grants, rejected: 0 });
  expect(textOf(payload)).toBe(
    `{"fresh":true,"asked":[[1,"${route}"]],"granted":[[7,"${route}"]],"withdrawn":[[4294967295,"${route}"]],"void":[[0,"${route}"]]}`,
  );
});

test('entries that are no publisher with a route are left out and counted', () => {
  const granted = [[-1, route], [1.5, route], [1, 'prices'], [1], [1, route, 1], null, [2, route]];
  const payload = utf8(
    JSON.stringify({ fresh: false, asked: [], granted, withdrawn: [7], void: [] }),
  );
  expect(parsePeerGrants(payload)).toEqual({
    fresh: false,
    asked: [],
    granted: [[2, route]],
    withdrawn: [],
    void: [],
    rejected: 7,
  });
});

test('a frame with more than 4 096 of a kind is none', () => {
  const granted = Array.from({ length: 4_097 }, (_, index) => [index, route]);
  const text = JSON.stringify({ fresh: false, asked: [], granted, withdrawn: [], void: [] });
  expect(parsePeerGrants(utf8(text))).toBeUndefined();
});

test.each([
  '',
  '[]',
  '{}',
  '{"fresh":1,"asked":[],"granted":[],"withdrawn":[],"void":[]}',
  '{"fresh":true}',
])('no grants: %s', (text) => {
  expect(parsePeerGrants(utf8(text))).toBeUndefined();
});
