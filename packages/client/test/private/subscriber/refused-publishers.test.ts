import { formatPublicKeyHex, generateKeyPair } from '@amop/crypto';
import { expect, test } from 'vitest';
import type { ClientEvents } from '../../../src/events.ts';
import { RefusedPublishers } from '../../../src/private/subscriber/refused-publishers.ts';
import { RawPublisher } from '../../support/raw-publisher.ts';
import { World } from '../../support/world.ts';

test('a publisher that is not named is told of once, with its key', async () => {
  const world = new World();
  const node = await world.node('ours');
  const client = await world.client([node]);
  const told: ClientEvents['refused'][] = [];
  client.on('refused', (refused) => told.push(refused));
  const { privateKey } = generateKeyPair('secp256k1');
  const publishers = [generateKeyPair('secp256k1').publicKey];
  await world.run(client.subscribePrivate('orders', { privateKey, publishers }), 1_000);
  const publisher = new RawPublisher(world, 'orders');
  for (let time = 0; time < 2; time += 1) {
    expect(await publisher.tryToProve(node)).toMatchObject({ reason: 'publisher-not-allowed' });
  }
  const key = formatPublicKeyHex(publisher.keys.publicKey);
  expect(told).toEqual([{ topic: 'orders', node: node.nodeId, key }]);
  const warnings = world.logger.entries.filter(({ level }) => level === 'warn');
  expect(warnings).toMatchObject([{ details: { topic: 'orders', key } }]);
});

test('somebody who shows ever new keys is told of ten times in a minute', () => {
  const refused = new RefusedPublishers();
  const news = (nowMs: number) =>
    Array.from({ length: 30 }, (_, index) => refused.isNews(`${nowMs} ${index}`, nowMs));
  expect(news(0).filter(Boolean)).toHaveLength(10);
  expect(news(59_000).filter(Boolean)).toHaveLength(0);
  expect(news(60_000).filter(Boolean)).toHaveLength(10);
});
