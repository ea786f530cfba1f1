import { type Choices, expectSame } from '@amop/fuzz';
import { type AmopClient, AnswerError, connect, type MessageHandler } from '../src/index.ts';
import { World } from '../test/support/world.ts';
import { extensionsOf, HostileNode } from './hostile-node.ts';

const MAX_STEPS = 60;
const FIRST_PORT = 20_200;
/** Longest time that a call of a scene is given, in ms. */
const LONGEST_CALL_MS = 5_000;
const HANDLER_TEXT = 'thrown by the handler';
const TOPICS: readonly string[] = ['a', 'b', '', '#!$x', 'c'.repeat(255)];

/** A client between nodes that say anything, and what must hold of it. */
export class ClientScene {
  readonly #choices: Choices;
  readonly #world: World;
  readonly #nodes: HostileNode[] = [];
  readonly #calls: { readonly name: string; ended: number }[] = [];
  readonly #errors: unknown[] = [];
  #client: AmopClient | undefined;

  constructor(choices: Choices) {
    this.#choices = choices;
    this.#world = new World({ windowBytes: choices.of([65_536, 300]) });
  }

  /** Everything that the choices say, then the end; rejects when a property does not hold. */
  async play(): Promise<void> {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => {
      unhandled.push(error);
    };
    process.on('unhandledRejection', note);
    try {
      await this.#connect();
      for (let step = 0; step < MAX_STEPS && this.#choices.hasMore; step++) await this.#step();
      await this.#end();
    } finally {
      process.off('unhandledRejection', note);
    }
    expectSame(unhandled.map(String), [], 'unhandled rejections');
  }

  async #connect(): Promise<void> {
    const choices = this.#choices;
    const { clock, logger, network, random, scheduler } = this.#world;
    for (let count = 1 + choices.below(2); count > 0; count--) {
      const digit = String(this.#nodes.length);
      const transport = network.transport({
        nodeId: digit.repeat(128),
        commonName: `node${digit}`,
      });
      const node = new HostileNode(transport, FIRST_PORT + this.#nodes.length);
      node.isPolite = choices.below(4) > 0;
      await node.start(extensionsOf(choices));
      this.#nodes.push(node);
    }
    this.#track('connect', () =>
      connect({
        nodes: this.#nodes.map(({ endpoint }) => endpoint),
        connectTimeoutMs: LONGEST_CALL_MS,
        limits: choices.bool() ? {} : { maxPendingRequests: 3, maxQueuedBytes: 800 },
        logger,
        ports: { transport: network.transport({ commonName: 'sdk' }), clock, random, scheduler },
      }).then((client) => {
        this.#client = client;
        this.#listen(client);
      }),
    );
    await this.#world.settle();
  }

  async #step(): Promise<void> {
    const choices = this.#choices;
    const kind = choices.below(14);
    const node = choices.of(this.#nodes);
    if (kind < 5) node.say(choices);
    else if (kind === 5) node.disturb(choices);
    else if (kind === 6) node.isPolite = !node.isPolite;
    else if (kind === 7) await this.#world.pass(choices.of([20, 500, 5_000, 31_000]), 500);
    else if (this.#client !== undefined) this.#call(this.#client, kind);
    if (choices.bool()) await this.#world.settle();
  }

  #call(client: AmopClient, kind: number): void {
    const choices = this.#choices;
    const topic = choices.of(TOPICS);
    const options = { timeoutMs: choices.of([1, 100, 2_000, LONGEST_CALL_MS]) };
    const body = 'x'.repeat(choices.of([0, 10, 2_000]));
    switch (kind) {
      case 8:
        this.#track('subscribe', () => client.subscribe(topic, handlerOf(choices), options));
        break;
      case 9:
        this.#track('iterate', async () => {
          const subscription = await client.subscribe(topic, options);
          for await (const message of subscription) message.respond('read');
        });
        break;
      case 10:
        this.#track('unsubscribe', () => client.unsubscribe(topic));
        break;
      case 11:
        this.#track('query', () =>
          choices.bool() ? client.getPeers(options) : client.getNodeInfo(options),
        );
        break;
      case 12:
        this.#track('publish', () => client.publish(topic, body, options));
        break;
      default:
        this.#track('request', () => client.request(topic, body, options));
    }
  }

  async #end(): Promise<void> {
    await this.#world.pass(LONGEST_CALL_MS + 100, 500);
    const client = this.#client;
    const pending = this.#calls.filter(({ ended, name }) => ended === 0 && name !== 'iterate');
    expectSame(
      pending.map(({ name }) => name),
      [],
      'calls that never ended',
    );
    if (client !== undefined) {
      this.#track('close', () => client.close());
      await this.#world.pass(3_000, 100);
      const { connectedNodes, pendingCalls, queuedBytes } = client.counters();
      expectSame(
        { connectedNodes, pendingCalls },
        { connectedNodes: 0, pendingCalls: 0 },
        'counts',
      );
      if (queuedBytes < 0) throw new Error(`${queuedBytes} bytes are queued`);
    }
    for (const { ended, name } of this.#calls) expectSame(ended, 1, `outcomes of ${name}`);
    for (const node of this.#nodes) await node.stop();
    await this.#world.pass(10_000, 1_000);
    expectSame(this.#world.clock.timers, 0, 'timers');
    for (const error of this.#errors) checkError(error);
    const lines = this.#world.logger.entries.filter(({ level }) => level === 'error');
    expectSame(lines, [], 'errors in the log');
  }

  /** Follows a call; what it throws at once is no better than a rejection, and worse than none. */
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

  #listen(client: AmopClient): void {
    const note = ({ error }: { readonly error: unknown }): void => {
      this.#errors.push(error);
    };
    client.on('disconnected', note);
    client.on('reconnecting', note);
    client.on('error', note);
  }
}

/** An error of the packages, all the way down: a cause of another kind is a fault that was taken for the node's. */
function checkError(error: unknown): void {
  if (error === undefined) return;
  const isOwn = error instanceof Error && error.message === HANDLER_TEXT;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!isOwn && !code.startsWith('AMOP_')) throw error;
  if (error instanceof Error) checkError(error.cause);
}

function handlerOf(choices: Choices): MessageHandler {
  const kind = choices.below(6);
  return (message) => {
    if (kind === 0) throw new AnswerError(HANDLER_TEXT, { retryable: true });
    if (kind === 1) throw new Error(HANDLER_TEXT);
    if (kind === 2) return Promise.reject(new Error(HANDLER_TEXT));
    if (kind === 3) return new Promise(() => undefined);
    if (kind === 4) message.respond('at once');
    return message.body;
  };
}
