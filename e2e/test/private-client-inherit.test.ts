import { join } from 'node:path';
import { type AmopClient, connect } from '@amop/client';
import { generateKeyPair } from '@amop/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AGENCY, TwoNodes, until } from '../src/node/two-nodes.ts';
import { Scene } from '../src/private/scene.ts';
import { newSeq } from '../src/wire/channel-frame.ts';

// An original subscriber has proved its key to a publisher of ours; then a session with the same
// certificate and without the key takes its route.
describe('@amop/client sends nothing in the clear to who took a proven route', () => {
  let nodes: TwoNodes;
  let client: AmopClient;
  beforeAll(async () => {
    nodes = await TwoNodes.start();
    client = await connect({
      nodes: `127.0.0.1:${nodes.A.config.channelPort}`,
      tls: { directory: join(nodes.chain.directory, AGENCY.A, 'sdk') },
    });
  });
  afterAll(async () => {
    await client?.close();
    await nodes?.stop();
  });

  // Of a change at B node A asks again after ten seconds: one such test is enough.
  it.each([
    ['A', 'either'],
    ['A', 'original'],
    ['B', 'either'],
  ] as const)("at node %s with '%s'", async (node, proof) => {
    const name = `taken-${newSeq()}`;
    const scene = new Scene(nodes, name);
    const victim = await scene.subscriber('victim', node);
    const { privateKey } = generateKeyPair('secp256k1');
    const publicKeys = [victim.signer.publicKey];
    const topic = client.privateTopic(name, { privateKey, publicKeys, proof });
    await topic.waitForSubscribers({ count: 1 });
    expect((await topic.request('before')).text()).toBe('victim');

    const attacker = await scene.listener(
      'attacker',
      node,
      [scene.topic, victim.route],
      victim.route,
    );
    const sent: string[] = [];
    const say = async (text: string): Promise<void> => {
      sent.push(text);
      await topic.publish(text);
      // It may find nobody; what counts is who hears it.
      await topic.request(text, { timeoutMs: 1_000 }).catch(() => undefined);
    };
    for (let count = 0; count < 5; count++) await say(`secret ${count}`);
    await until(async () => attacker.challenges.length > 0, 'the new owner was challenged');
    await until(async () => topic.subscribers().length === 0, 'the proof is over');
    for (let count = 5; count < 10; count++) await say(`secret ${count}`);
    await scene.fence(await scene.session());
    const leaked = sent.filter((text) => attacker.hasHeard(text) || attacker.wasAsked(text));
    expect(leaked).toEqual([]);
    await topic.close();
  });
});
