import { ChannelType, SealedType } from '@amop/codec';
import { formatPublicKeyHex, generateKeyPair } from '@amop/crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EpochSealer } from '../../../src/bound/seal/epoch.ts';
import type { PublisherSeal } from '../../../src/bound/seal/publisher-seal.ts';
import { signerOf, type TopicSigner } from '../../../src/bound/topic-signer.ts';
import { handOverOf, RawPublisher } from '../../support/raw-publisher.ts';
import type { ScriptedNode } from '../../support/scripted-node.ts';
import { seqOf } from '../../support/scripted-session.ts';
import { World } from '../../support/world.ts';

const { request: REQUEST, response: RESPONSE, multicast: MULTICAST } = ChannelType;
const { privateKey } = generateKeyPair('secp256k1');
const encoder = new TextEncoder();

const step = fc.record({
  what: fc.constantFrom(
    ...([
      'prove',
      'offer',
      'stranger',
      'request',
      'multicast',
      'epoch',
      'challenge',
      'noise',
    ] as const),
    ...(['again', 'again', 'again', 'changed', 'reconnect'] as const),
  ),
  /** Which of two nodes, topics and frames. */
  node: fc.nat(1),
  topic: fc.constantFrom(0, 0, 1, 2),
  frame: fc.oneof(fc.nat(3), fc.nat(1_000)),
  type: fc.constantFrom(REQUEST, REQUEST, MULTICAST),
  bit: fc.nat(5_000),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A subscriber with two connections that trusts one publisher, and everything that was recorded. */
class Siege {
  readonly world = new World();
  readonly delivered: string[] = [];
  readonly senders = new Set<string | undefined>();
  /** Contents that came by: whoever is on the way can send them again. */
  readonly recorded: Uint8Array[] = [encoder.encode('plain')];
  readonly publisher = new RawPublisher(this.world, 'orders');
  readonly stranger = new RawPublisher(this.world, 'orders');
  signed = 0;
  asked = 0;
  readonly #nodes: ScriptedNode[] = [];
  readonly #seals = new Map<ScriptedNode, PublisherSeal>();
  #epoch: EpochSealer | undefined;
  #bodies = 0;

  async start(): Promise<Awaited<ReturnType<World['client']>>> {
    const { world } = this;
    this.#nodes.push(await world.node(), await world.node('original'));
    const client = await world.client(this.#nodes);
    await world.pass(1_000);
    const signer: TopicSigner = {
      publicKey: privateKey.publicKey(),
      sign: (digest) => {
        this.signed++;
        return signerOf(privateKey).sign(digest);
      },
    };
    const keys = { privateKey: signer, publishers: [this.publisher.keys.publicKey] };
    const pending = client.subscribePrivate('orders', keys, (message) => {
      this.delivered.push(message.text());
      this.senders.add(message.sender);
      return 'ok';
    });
    await world.run(pending, 1_000);
    return client;
  }

  async take({ what, node: at, topic, frame, type, bit }: Step): Promise<void> {
    const node = this.#nodes[at] ?? this.#nodes[0];
    if (node === undefined) throw new Error('no node');
    const { publisher, stranger } = this;
    const route = publisher.route(node).name;
    const other = publisher.route(this.#nodes[1 - at] ?? node).name;
    const seal = this.#seals.get(node);
    const body = `body ${++this.#bodies}`;
    // The newest first: those were sealed with keys that live.
    const old = this.recorded.at(-1 - (frame % this.recorded.length)) ?? new Uint8Array();
    switch (what) {
      case 'prove': {
        const offer = await publisher.offer(node);
        this.recorded.push(offer.content);
        const outcome = await publisher.tryToProve(node, offer);
        if (outcome.kind === 'proven') this.#seals.set(node, outcome.seal);
        this.asked++;
        break;
      }
      case 'offer':
        await this.#send(
          node,
          route,
          (await publisher.offer(node, { routeNode: 'e'.repeat(128) })).content,
          type,
        );
        break;
      case 'stranger':
        await this.#send(node, route, (await stranger.offer(node)).content, type);
        break;
      case 'request':
        await this.#send(
          node,
          route,
          seal?.seal(SealedType.request, encoder.encode(body))?.content,
          type,
        );
        break;
      case 'multicast':
        if (seal !== undefined) {
          await this.#send(node, route, publisher.multicast(seal, this.#bodies % 256, body), type);
        }
        break;
      case 'epoch':
        this.#epoch ??= EpochSealer.create(
          { topic: publisher.payload, expiresMs: this.world.clock.wallMs() + 600_000 },
          this.world,
        );
        await this.#send(
          node,
          route,
          seal?.seal(SealedType.epochKey, handOverOf(this.#epoch))?.content,
          REQUEST,
        );
        await this.#send(
          node,
          publisher.payload,
          this.#epoch.seal(encoder.encode(body)),
          MULTICAST,
        );
        break;
      case 'challenge':
        await this.#send(node, route, encoder.encode(bit.toString(16).padStart(32, '0')), type);
        break;
      case 'noise':
        await this.#send(node, route, this.world.random.bytes(bit % 200), type);
        break;
      case 'changed': {
        const changed = old.slice();
        const byte = bit % Math.max(changed.length, 1);
        changed[byte] = (changed[byte] ?? 0) ^ (1 << (bit % 8));
        await this.#send(node, route, changed, type, false);
        break;
      }
      case 'again':
        await this.#send(node, [route, other, publisher.payload][topic] ?? route, old, type, false);
        break;
      case 'reconnect':
        node.session.connection.destroy();
        await this.world.pass(3_000);
    }
  }

  async #send(
    node: ScriptedNode,
    topic: string,
    content: Uint8Array | undefined,
    type: number,
    isNew = true,
  ): Promise<void> {
    if (content === undefined) return;
    if (isNew) this.recorded.push(content.slice());
    const { session } = node;
    const seq = `s${++this.asked}`;
    session.push(type, topic, content, seq);
    await this.world.settle();
    const key = String.fromCharCode(...seqOf(seq));
    const answers = session.of(RESPONSE).filter((frame) => frame.seqKey === key);
    expect(answers).toHaveLength(type === REQUEST ? 1 : 0);
  }
}

test('any order of offers, sealed frames and recordings: each message once, nothing for others', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const siege = new Siege();
      const client = await siege.start();
      await siege.take({ what: 'prove', node: 0, topic: 0, frame: 0, type: REQUEST, bit: 0 });
      for (const each of steps) await siege.take(each);
      const { delivered, senders, signed } = siege;
      expect(new Set(delivered).size).toBe(delivered.length);
      expect(delivered.every((text) => text.startsWith('body '))).toBe(true);
      senders.delete(formatPublicKeyHex(siege.publisher.keys.publicKey));
      expect(senders.size).toBe(0);
      // Nothing but proofs to the one publisher was signed, at most one for each of its offers.
      expect(client.counters()).toMatchObject({ challengesSigned: 0, proofsGiven: signed });
      expect(signed).toBeLessThanOrEqual(1 + steps.filter(({ what }) => what === 'prove').length);
      expect(client.counters()).toMatchObject({ connectedNodes: 2 });
      await siege.world.run(client.close(), 2_000);
    }),
    { numRuns: 50 },
  );
});
