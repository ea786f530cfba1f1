import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TwoNodes } from '../src/node/two-nodes.ts';
import { payloadOf, routeOf } from '../src/private/names.ts';
import { type Asked, RawPublisher } from '../src/private/publisher.ts';
import { ChallengeSigner } from '../src/private/signer.ts';
import { Channel, decodeBody } from '../src/wire/channel-frame.ts';

const TOPICS = 10_000;
const DEADLINE_MS = 60_000;
/** Questions that one publisher may have open: more than the node's 256 only if 5 s pass meanwhile. */
const MAX_OUTSTANDING = 512;

describe(`${TOPICS} private topics of one publisher and one subscriber`, () => {
  let nodes: TwoNodes;
  beforeAll(async () => {
    nodes = await TwoNodes.start();
  });
  afterAll(() => nodes?.stop());

  it('every one is asked for, once, and every one is open after its verdict', async () => {
    const topics = Array.from({ length: TOPICS }, (_, i) => payloadOf(`many-${i}`));
    const routes = new Map(topics.map((topic) => [topic, routeOf(topic)]));
    const publisher = new RawPublisher(await nodes.client('A'));
    await publisher.register(...topics);
    const subscriber = await nodes.client('B');
    await subscriber.subscribe([...routes].flat());

    const first = await publisher.client.byType(Channel.verify, DEADLINE_MS);
    publisher.client.inbox.add(first);
    // Two barriers bring whatever the node had sent without waiting for an answer.
    for (let i = 0; i < 2; i++) await publisher.client.barrier();
    expect(publisher.questions.length).toBeLessThanOrEqual(MAX_OUTSTANDING);

    const asked = new Map<string, Asked>();
    while (asked.size < TOPICS) {
      const { seq, data } = await publisher.client.byType(Channel.verify, DEADLINE_MS);
      const question = { seq, ...(JSON.parse(data.toString()) as Omit<Asked, 'seq'>) };
      expect(question.topicForCert).toBe(routes.get(question.topic));
      expect(asked.has(question.topic)).toBe(false);
      asked.set(question.topic, question);
      publisher.acknowledge(question);
      publisher.say(question, 0);
    }
    await publisher.client.barrier();
    expect(publisher.questions).toEqual([]);

    // One challenge stands for the others: routes are addressable by then, too.
    const signer = new ChallengeSigner();
    const [last = ''] = topics.slice(-1);
    const question = asked.get(last);
    if (!question) throw new Error(`${last} was not asked for`);
    subscriber.answer(question.topicForCert, (content) => signer.sign(content));
    expect(await publisher.challenge(question, signer.publicKey)).toBe(true);

    await Promise.all(topics.map((topic) => publisher.client.multicast(topic, 'open')));
    const heard = new Set<string>();
    while (heard.size < TOPICS) {
      const { data } = await subscriber.byType(Channel.multicast, DEADLINE_MS);
      heard.add(decodeBody(data).topic);
    }
    expect([...heard].sort()).toEqual([...topics].sort());
  }, 180_000);
});
