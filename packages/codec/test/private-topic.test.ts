import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BOUND_ROUTE_VERSION,
  boundRouteVersion,
  challengeRoute,
  createBoundRouteId,
  isReservedTopic,
  parseChallengeRoute,
  payloadOfMarker,
  payloadTopic,
  privateTopicName,
  publisherMarker,
} from '../src/private-topic.ts';
import { parseTopicList } from '../src/topic-list.ts';
import { isTopicName } from '../src/topic-name.ts';
import { codecErrorOf } from './codec-error.ts';

const ID = 'fedcba9876543210fedcba9876543210';
const PRICES = payloadTopic('prices');

describe('payloadTopic', () => {
  it('puts the prefix in front', () => {
    expect(PRICES).toBe('#!$TopicNeedVerify_prices');
    expect(privateTopicName(PRICES)).toBe('prices');
  });

  it.each([168, 169, 185])('takes a name of %i bytes: its route fits a frame', (bytes) => {
    const payload = payloadTopic('x'.repeat(bytes));
    expect(challengeRoute({ payload, id: ID })).toHaveLength(69 + bytes);
  });

  it('refuses a name of 186 bytes, whose route would not fit', () => {
    const { code, details } = codecErrorOf(() => payloadTopic('x'.repeat(186)));
    expect(code).toBe('AMOP_CODEC_INVALID_TOPIC');
    expect(details).toEqual({ reason: 'too-long', bytes: 186 });
  });

  it('refuses an empty name', () => {
    expect(codecErrorOf(() => payloadTopic('')).details).toEqual({ reason: 'empty', bytes: 0 });
  });
});

describe('parseChallengeRoute', () => {
  it('gives back payload topic and ID', () => {
    const route = challengeRoute({ payload: PRICES, id: ID });
    expect(route).toBe(`#!$VerifyChannel_#!$TopicNeedVerify_prices_${ID}`);
    expect(parseChallengeRoute(route)).toEqual({ payload: PRICES, id: ID });
  });

  it('D-10 tells T1 from T10', () => {
    const route = challengeRoute({ payload: payloadTopic('T10'), id: ID });
    expect(parseChallengeRoute(route)?.payload).toBe(payloadTopic('T10'));
  });

  it('is undone by challengeRoute for any name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (name) => {
        if (!isTopicName(name) || name.length > 46) return;
        const route = { payload: payloadTopic(name), id: ID };
        expect(parseChallengeRoute(challengeRoute(route))).toEqual(route);
      }),
    );
  });

  it.each([
    ['another topic', 'prices'],
    ['a payload topic', PRICES],
    ['no payload topic inside', `#!$VerifyChannel_prices_${ID}`],
    ['an empty name', `#!$VerifyChannel_#!$TopicNeedVerify__${ID}`],
    ['31 digits', `#!$VerifyChannel_${PRICES}_${ID.slice(1)}`],
    ['33 digits', `#!$VerifyChannel_${PRICES}_${ID}0`],
    ['upper case', `#!$VerifyChannel_${PRICES}_${ID.toUpperCase()}`],
    ['no underscore', `#!$VerifyChannel_${PRICES}${ID}`],
  ])('refuses %s', (_, topic) => {
    expect(parseChallengeRoute(topic)).toBeUndefined();
  });

  it('finds the routes of a list whose names share a prefix', () => {
    const T1 = payloadTopic('T1');
    const T10 = payloadTopic('T10');
    const routes = [T10, T1].map((payload) => challengeRoute({ payload, id: ID }));
    const list = new TextEncoder().encode(['3', T1, T10, ...routes].join('\t'));
    const { topics } = parseTopicList(list);
    expect(topics.flatMap((topic) => parseChallengeRoute(topic)?.payload ?? [])).toEqual([T10, T1]);
  });
});

describe('publisherMarker', () => {
  it('is undone by payloadOfMarker', () => {
    const marker = publisherMarker(PRICES);
    expect(marker).toBe('#!$PushChannel_#!$TopicNeedVerify_prices');
    expect(payloadOfMarker(marker)).toBe(PRICES);
  });

  it.each(['prices', PRICES, '#!$PushChannel_prices', '#!$PushChannel_#!$TopicNeedVerify_'])(
    'refuses %s',
    (topic) => {
      expect(payloadOfMarker(topic)).toBeUndefined();
    },
  );
});

describe('isReservedTopic', () => {
  it('knows the three prefixes', () => {
    const route = challengeRoute({ payload: PRICES, id: ID });
    expect([PRICES, route, publisherMarker(PRICES)].every(isReservedTopic)).toBe(true);
    expect(isReservedTopic('prices')).toBe(false);
  });
});

describe('bound route IDs', () => {
  it('carry the mark, the version and 78 random bits', () => {
    const ones = createBoundRouteId(new Uint8Array(16).fill(0xff));
    expect(ones).toBe('a30b9d01ffffbfffffffffffffffffff');
    expect(boundRouteVersion(ones)).toBe(BOUND_ROUTE_VERSION);
    expect(boundRouteVersion(createBoundRouteId(new Uint8Array(16)))).toBe(BOUND_ROUTE_VERSION);
  });

  it('are no random UUIDs, and no random UUID is one', () => {
    expect(boundRouteVersion(ID)).toBeUndefined();
    expect(boundRouteVersion('a30b9d01ffff4fffbfffffffffffffff')).toBeUndefined();
    expect(boundRouteVersion('short')).toBeUndefined();
  });
});
