import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TwoNodes, until, untilRoutable } from '../src/node/two-nodes.ts';
import type { RawClient } from '../src/raw/raw-client.ts';
import { Channel, decodeBody } from '../src/wire/channel-frame.ts';

describe('a node that is killed in the middle of traffic', () => {
  let nodes: TwoNodes;
  let a: RawClient;
  beforeAll(async () => {
    nodes = await TwoNodes.start();
    a = await nodes.client('A');
  });
  afterAll(() => nodes?.stop());

  async function echo(node: 'A' | 'B', topic: string, note: string): Promise<RawClient> {
    const subscriber = await nodes.subscriber(node, topic);
    subscriber.answer(topic, () => note);
    return subscriber;
  }

  /** Asks over and over, ten at a time, until told to stop; each request must be answered. */
  function traffic(topic: string): { stop: () => Promise<readonly number[]> } {
    const results: number[] = [];
    let going = true;
    const lane = async (sender: RawClient): Promise<void> => {
      while (going) results.push((await sender.request(topic, 'x')).result);
    };
    const lanes = nodes.client('A').then((sender) => {
      return Promise.all(Array.from({ length: 10 }, () => lane(sender)));
    });
    return {
      stop: async () => {
        going = false;
        await lanes;
        return results;
      },
    };
  }

  it('leaves the rest at work, answers what was in flight, and is used again when it is back', async () => {
    await echo('A', 'local', 'from A');
    await echo('B', 'remote', 'from B');
    const silent = await nodes.subscriber('B', 'silent');
    await untilRoutable(a, 'silent');
    await untilRoutable(a, 'remote');

    const local = traffic('local');
    const remote = traffic('remote');
    const waiting = Array.from({ length: 30 }, (_, i) => a.request('silent', `request ${i}`));
    for (let i = 0; i < 30; i++) await silent.byType(Channel.request);

    await nodes.B.stop('SIGKILL');
    for (const answer of await Promise.all(waiting)) {
      expect(answer).toMatchObject({ type: Channel.response, result: 100 });
      expect(answer.data.length).toBe(0);
    }
    await until(async () => (await a.request('remote', 'x')).result === 100, 'B is missed');
    expect(decodeBody((await a.request('local', 'x')).data).content.toString()).toBe('from A');

    await nodes.B.start();
    await echo('B', 'remote', 'from B again');
    await until(async () => (await a.request('remote', 'x')).result === 0, 'B is used again');
    expect(decodeBody((await a.request('remote', 'x')).data).content.toString()).toBe(
      'from B again',
    );

    const results = await local.stop();
    expect(results.filter((result) => result !== 0)).toEqual([]);
    expect(results.length).toBeGreaterThan(100);
    expect(new Set(await remote.stop())).toEqual(new Set([0, 100]));
  });

  it('works in both directions after the restart', async () => {
    await echo('A', 'back', 'from A');
    const b = await nodes.client('B');
    await until(async () => (await b.request('back', 'x')).result === 0, 'A is known to B');
  });
});
