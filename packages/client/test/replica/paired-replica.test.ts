import { parseTopicName, type TopicName } from '@amop/codec';
import { expect, test } from 'vitest';
import { PairedReplica, type PartnerTopics } from '../../src/replica/paired-replica.ts';
import type { TopicReplica } from '../../src/replica/topic-replica.ts';

const [OWNER, PARTNER, PLAIN] = ['owner', 'partner', 'plain'].map(parseTopicName) as [
  TopicName,
  TopicName,
  TopicName,
]; // three in, three out

/** Says what a test has set, and remembers what it was told. */
class Said implements TopicReplica {
  readonly has: (topic: TopicName) => boolean | undefined;
  readonly told: TopicName[] = [];
  readonly on = new Map<TopicName, boolean>();

  constructor() {
    this.has = (topic) => this.on.get(topic);
  }

  replay(): Promise<void> {
    return Promise.resolve();
  }

  changed(topic: TopicName): void {
    this.told.push(topic);
  }

  flush(): void {}
}

function partnersOf(options: { readonly followed: boolean }): PartnerTopics {
  return {
    size: 1,
    has: (topic) => topic === PARTNER,
    topics: () => [PARTNER],
    follow: (topic) => (topic === OWNER ? PARTNER : undefined),
    isFollowed: (topic) => topic !== OWNER || options.followed,
    partnerOf: (topic) => (topic === OWNER ? PARTNER : undefined),
    ownerOf: (topic) => topic,
  };
}

test('a topic with a partner is there when both are, and gone when both are', () => {
  const said = new Said();
  const replica = new PairedReplica(said, partnersOf({ followed: true }));
  const states = [true, false, undefined];
  for (const owner of states) {
    for (const partner of states) {
      if (owner !== undefined) said.on.set(OWNER, owner);
      else said.on.delete(OWNER);
      if (partner !== undefined) said.on.set(PARTNER, partner);
      else said.on.delete(PARTNER);
      expect(replica.has(OWNER)).toBe(owner === partner ? owner : undefined);
    }
  }
});

test('a partner that is still to come makes its topic unknown', () => {
  const said = new Said();
  const replica = new PairedReplica(said, partnersOf({ followed: false }));
  for (const topic of [OWNER, PARTNER, PLAIN]) said.on.set(topic, true);
  expect(replica.has(OWNER)).toBeUndefined();
  expect(replica.has(PLAIN)).toBe(true);
});

test('a change of a topic is one of its partner too', () => {
  const said = new Said();
  const replica = new PairedReplica(said, partnersOf({ followed: true }));
  replica.changed(PLAIN);
  replica.changed(OWNER);
  expect(said.told).toEqual([PLAIN, OWNER, PARTNER]);
});
