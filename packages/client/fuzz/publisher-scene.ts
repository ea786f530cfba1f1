import { ChannelType, encodeTopicStatus, encodeVerifyTopic, readAmopBody } from '@amop/codec';
import { type Choices, expectSame } from '@amop/fuzz';
import type { PrivateTopic } from '../src/index.ts';
import { FAR_NODE, PrivateScene } from '../test/support/private-scene.ts';
import { seqOf } from '../test/support/scripted-session.ts';
import type { ScriptedSubscriber } from '../test/support/scripted-subscriber.ts';

const MAX_STEPS = 50;
const CALL_MS = 2_000;
/** In every body, so that it is found wherever it leaves in the clear. */
const SECRET = 'account 17 is locked';
const OTHER_NODE = 'e'.repeat(128);
const {
  request: REQUEST,
  response: RESPONSE,
  topicStatus: STATUS,
  verifyTopic: VERIFY,
} = ChannelType;

/** A publisher on nodes that name, hide, relay and change what they like, and what must hold of it. */
export class PublisherScene {
  readonly #choices: Choices;
  readonly #scene = new PrivateScene();
  readonly #friends: readonly ScriptedSubscriber[];
  readonly #strangers: readonly ScriptedSubscriber[];
  readonly #calls: { readonly name: string; ended: number }[] = [];
  readonly #errors: unknown[] = [];
  /** Answers that were seen on the way. */
  readonly #seen: Uint8Array[] = [];
  #topic: PrivateTopic | undefined;

  constructor(choices: Choices) {
    this.#choices = choices;
    this.#friends = [this.#scene.subscriber(), this.#scene.subscriber({ nodeId: OTHER_NODE })];
    this.#strangers = [this.#scene.subscriber(), this.#scene.subscriber({ original: true })];
  }

  /** Everything that the choices say, then the end; rejects when a property does not hold. */
  async play(): Promise<void> {
    const choices = this.#choices;
    const kind = choices.of(['ours', 'original'] as const);
    await this.#scene.connect(choices.bool() ? [kind] : [kind, 'ours']);
    this.#interfere();
    this.#topic = await this.#scene.open(this.#friends);
    for (let step = 0; step < MAX_STEPS && choices.hasMore; step++) await this.#step(this.#topic);
    await this.#end();
  }

  async #step(topic: PrivateTopic): Promise<void> {
    const choices = this.#choices;
    const options = { timeoutMs: choices.of([50, CALL_MS]) };
    switch (choices.below(9)) {
      case 0:
      case 1:
      case 2:
        this.#say();
        break;
      case 3:
        this.#track('request', () => topic.request(SECRET, options));
        break;
      case 4:
        this.#track('publish', () => topic.publish(SECRET, options));
        break;
      case 5:
        this.#track('revoke', () => topic.revoke(choices.of(this.#friends).key));
        break;
      case 6:
        topic.allow(choices.of(this.#friends).key);
        break;
      case 7:
        choices.of(this.#scene.nodes).sessions.at(-1)?.connection.destroy();
        break;
      default:
        await this.#scene.world.pass(choices.of([100, 6_000, 301_000]), 500);
    }
    if (choices.bool()) await this.#scene.world.settle();
  }

  /** A node asks about a route of anybody at any node, or says that one is gone. */
  #say(): void {
    const choices = this.#choices;
    const { payload, nodes } = this.#scene;
    const session = choices.of(nodes).sessions.at(-1);
    const { route } = choices.of([...this.#friends, ...this.#strangers]);
    const nodeId = choices.of([FAR_NODE, OTHER_NODE, nodes[0]?.nodeId ?? '']);
    const seq = seqOf(`say-${choices.below(100)}`);
    if (choices.below(4) > 0) {
      const data = encodeVerifyTopic({ nodeId, topic: payload, topicForCert: route });
      session?.send(VERIFY, seq, data);
    } else {
      const checkResult = choices.below(2);
      const data = encodeTopicStatus({ checkResult, nodeId, topic: payload, topicForCert: route });
      session?.send(STATUS, seq, data);
    }
  }

  /** Some requests to a route are dropped, relayed, answered with what was seen before or changed. */
  #interfere(): void {
    const choices = this.#choices;
    for (const node of this.#scene.nodes) {
      const usual = node.scripts.get(REQUEST);
      node.scripts.set(REQUEST, (frame, session) => {
        const { content } = readAmopBody(frame.data);
        const kind = choices.hasMore ? choices.below(10) : 9;
        const old = this.#seen[choices.below(this.#seen.length + 1)];
        if (kind === 0) return;
        if (kind === 1 && old !== undefined) {
          this.#scene.answer(session, frame, old);
        } else if (kind <= 3) {
          const other = choices.of([...this.#friends, ...this.#strangers]);
          void other.answer(content.slice()).then((answer) => {
            const own = answer?.slice();
            if (own !== undefined) this.#seen.push(own);
            if (kind === 3 && own !== undefined && own.length > 0) {
              const at = choices.below(own.length);
              own[at] = (own[at] ?? 0) ^ 1;
            }
            this.#scene.answer(session, frame, own);
          });
        } else if (kind === 4) {
          session.send(RESPONSE, frame.seq, frame.data, choices.of([0, 100, 103, 104, 120, 121]));
        } else {
          usual?.(frame, session);
        }
      });
    }
  }

  async #end(): Promise<void> {
    const { client, proofs, world } = this.#scene;
    await world.pass(CALL_MS + 100, 500);
    const open = this.#calls.filter(({ ended }) => ended !== 1).map(({ name }) => name);
    expectSame(open, [], 'calls without one outcome');
    const friends = new Set(this.#friends.map(({ key }) => key));
    const others = proofs.filter(
      ({ key, outcome }) => outcome === 'succeeded' && !friends.has(key ?? ''),
    );
    expectSame(others, [], 'proofs of strangers');
    for (const each of this.#strangers) expectSame(each.got, [], 'messages to strangers');
    for (const { sessions } of this.#scene.nodes) {
      const texts = sessions.flatMap(({ received }) => received.map(({ data }) => textOf(data)));
      expectSame(
        texts.filter((text) => text.includes(SECRET)),
        [],
        'frames in the clear',
      );
    }
    this.#track('close', () => client.close());
    await world.pass(3_000, 500);
    expectSame(world.clock.timers, 0, 'timers');
    for (const error of this.#errors) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      if (!code.startsWith('AMOP_CLIENT_')) throw error;
    }
    const lines = world.logger.entries.filter(({ level }) => level === 'error');
    expectSame(lines, [], 'errors in the log');
  }

  #track(name: string, call: () => Promise<unknown>): void {
    const outcome = { name, ended: 0 };
    this.#calls.push(outcome);
    const end = (): void => {
      outcome.ended++;
    };
    call().then(end, (error: unknown) => {
      end();
      this.#errors.push(error);
    });
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes);
}
