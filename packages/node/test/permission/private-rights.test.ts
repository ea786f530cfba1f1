import { challengeRoute, payloadTopic, publisherMarker } from '@amop/codec';
import { describe, expect, it } from 'vitest';
import { rightsOf } from '../../src/permission/permissions.ts';

const T = payloadTopic('orders/eu');
const R = challengeRoute({ payload: T, id: 'ab'.repeat(16) });
const MARKER = publisherMarker(T);
const SECRET = payloadTopic('secret');
const HOLDER = { issuerCommonName: 'bank', fingerprint256: 'aa'.repeat(32) };

describe('a rule for the name of a private topic', () => {
  it('to subscribe it lets subscribe payload topic and routes, not own the marker', () => {
    const { publish, subscribe } = rightsOf(
      { default: { subscribe: ['orders/*'], publish: [] } },
      HOLDER,
    );
    expect([T, R, MARKER].map((topic) => subscribe.has(topic))).toEqual([true, true, false]);
    expect([T, R].map((topic) => publish.has(topic))).toEqual([false, false]);
  });

  it('to publish on it lets own the marker, send and challenge, not subscribe', () => {
    const { publish, subscribe } = rightsOf(
      { default: { subscribe: [], publish: ['orders/eu'] } },
      HOLDER,
    );
    expect([T, R, MARKER].map((topic) => subscribe.has(topic))).toEqual([false, false, true]);
    expect([T, R].map((topic) => publish.has(topic))).toEqual([true, true]);
  });

  it('is none for another name, nor for one that only looks like it', () => {
    const { publish, subscribe } = rightsOf(
      { default: { subscribe: ['orders/*'], publish: ['orders/*'] } },
      HOLDER,
    );
    const others = [
      SECRET,
      publisherMarker(SECRET),
      challengeRoute({ payload: SECRET, id: 'ab'.repeat(16) }),
      '#!$TopicNeedVerify_',
      `${R}0`,
      '#!$PushChannel_orders/eu',
    ];
    expect(others.filter((topic) => subscribe.has(topic) || publish.has(topic))).toEqual([]);
  });

  it('to publish stands for markers also where every topic may be subscribed', () => {
    const { subscribe } = rightsOf({ default: { publish: ['orders/*'] } }, HOLDER);
    expect([MARKER, T, SECRET].map((topic) => subscribe.has(topic))).toEqual([true, true, true]);
    expect(subscribe.has(publisherMarker(SECRET))).toBe(false);
  });

  it('that names a topic as it is on the wire counts as it stands', () => {
    const { subscribe } = rightsOf({ default: { subscribe: [SECRET] } }, HOLDER);
    expect(subscribe.has(SECRET)).toBe(true);
  });
});
