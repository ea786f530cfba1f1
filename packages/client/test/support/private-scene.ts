import {
  type ChannelFrame,
  ChannelType,
  encodeAmopBody,
  encodeRpcResult,
  encodeVerifyTopic,
  parseRpcRequest,
  parseTopicStatus,
  payloadTopic,
  ResultCode,
  readAmopBody,
  type TopicName,
  type TopicStatus,
} from '@amop/codec';
import { PrivateKey } from '@amop/crypto';
import type { AmopClient, ClientEvents, PrivateTopicOptions } from '../../src/index.ts';
import type { PrivateTopic } from '../../src/private/publisher/private-topic.ts';
import type { ScriptedNode } from './scripted-node.ts';
import { type ScriptedSession, seqOf } from './scripted-session.ts';
import { ScriptedSubscriber, type ScriptedSubscriberOptions } from './scripted-subscriber.ts';
import { World, type WorldClientOptions } from './world.ts';

/** The ID of a node behind the one that the publisher is connected to. */
export const FAR_NODE: string = 'f'.repeat(128);

/** Nodes of few lines, scripted subscribers behind them, and one publishing client. */
export class PrivateScene {
  readonly world = new World();
  readonly nodes: ScriptedNode[] = [];
  readonly name: string;
  readonly payload: TopicName;
  readonly publisherKey: PrivateKey;
  /** Reached by every node, unless a test takes one out. */
  readonly subscribers: ScriptedSubscriber[] = [];
  /** What the nodes were told in 0x38, oldest first. */
  readonly statuses: TopicStatus[] = [];
  readonly proofs: ClientEvents['proof'][] = [];
  /** Contents of 0x35 and 0x30 on the payload topic. */
  readonly onTopic: Uint8Array[] = [];
  #client: AmopClient | undefined;
  #asked = 0;

  constructor(name = 'orders') {
    this.name = name;
    this.payload = payloadTopic(name);
    this.publisherKey = new PrivateKey('secp256k1', this.world.random.bytes(32));
  }

  get client(): AmopClient {
    if (this.#client === undefined) throw new Error('nobody is connected');
    return this.#client;
  }

  get node(): ScriptedNode {
    const [node] = this.nodes;
    if (node === undefined) throw new Error('there is no node');
    return node;
  }

  /** One node for each kind, and a client on all of them. */
  async connect(
    kinds: readonly ('ours' | 'original')[] = ['ours'],
    options: WorldClientOptions = {},
  ): Promise<AmopClient> {
    for (const kind of kinds) await this.addNode(kind);
    this.#client = await this.world.client(this.nodes, options);
    this.#client.on('proof', (proof) => this.proofs.push(proof));
    await this.world.settle();
    return this.#client;
  }

  async addNode(kind: 'ours' | 'original' = 'ours', port?: number): Promise<ScriptedNode> {
    const node = this.#scripted(await this.world.node(kind, port));
    this.nodes.push(node);
    return node;
  }

  subscriber(options: Partial<ScriptedSubscriberOptions> = {}): ScriptedSubscriber {
    const subscriber = new ScriptedSubscriber(
      { topic: this.payload, nodeId: FAR_NODE, ...options },
      this.world,
    );
    this.subscribers.push(subscriber);
    return subscriber;
  }

  /** The open topic, its marker known to every node. */
  async open(
    keys: readonly (ScriptedSubscriber | string)[],
    options: Partial<PrivateTopicOptions> = {},
  ): Promise<PrivateTopic> {
    const topic = this.client.privateTopic(this.name, {
      privateKey: this.publisherKey,
      publicKeys: keys.map((each) => (typeof each === 'string' ? each : each.key)),
      ...options,
    });
    await this.world.pass(200);
    return topic;
  }

  /** A node asks about a route; gives back the frame's sequence. */
  async ask(
    subscriber: { readonly route: string; readonly nodeId: string },
    node: ScriptedNode = this.node,
    topic: string = this.payload,
  ): Promise<Uint8Array> {
    const seq = seqOf(`ask-${++this.#asked}`);
    const { nodeId, route: topicForCert } = subscriber;
    const data = encodeVerifyTopic({ nodeId, topic, topicForCert });
    node.session.send(ChannelType.verifyTopic, seq, data);
    await this.world.settle();
    return seq;
  }

  /** Every subscriber proved, over the first node. */
  async prove(...subscribers: readonly ScriptedSubscriber[]): Promise<void> {
    for (const subscriber of subscribers) await this.ask(subscriber);
  }

  /** Sends an answer as the owner of a route would. */
  answer(session: ScriptedSession, frame: ChannelFrame, content: Uint8Array | undefined): void {
    const { topic } = readAmopBody(frame.data);
    if (content === undefined) {
      session.send(ChannelType.response, frame.seq, frame.data, ResultCode.noAnswer);
    } else if (content.length === 0) {
      session.send(ChannelType.response, frame.seq);
    } else {
      session.send(ChannelType.response, frame.seq, encodeAmopBody(topic, content));
    }
  }

  #scripted(node: ScriptedNode): ScriptedNode {
    node.scripts.set(ChannelType.topicStatus, (frame) => {
      const status = parseTopicStatus(frame.data);
      if (status !== undefined) this.statuses.push(status);
    });
    node.scripts.set(ChannelType.rpc, (frame, session) => this.#list(node, frame, session));
    node.scripts.set(ChannelType.request, (frame, session) => {
      const { content, topic } = readAmopBody(frame.data);
      const owner = this.subscribers.find((each) => each.route === topic);
      if (owner !== undefined) {
        void owner.answer(content.slice()).then((answer) => this.answer(session, frame, answer));
      } else if (topic === this.payload && this.subscribers.some((each) => each.original)) {
        this.onTopic.push(content);
        const original = this.subscribers.find((each) => each.original);
        original?.onTopic(content);
        this.answer(session, frame, new TextEncoder().encode('plain answer'));
      } else {
        node.usual(frame, session);
      }
    });
    node.scripts.set(ChannelType.multicast, (frame, session) => {
      const { content, topic } = readAmopBody(frame.data);
      if (topic === this.payload) {
        this.onTopic.push(content.slice());
        for (const each of this.subscribers) if (this.#isGranted(each)) each.onTopic(content);
      }
      node.usual(frame, session);
    });
    return node;
  }

  /** Whether the last word of the publisher on a route, or on its node, was that it may receive. */
  #isGranted({ nodeId, route }: ScriptedSubscriber): boolean {
    const about = this.statuses.filter(
      (status) => status.nodeId === nodeId && (status.topicForCert ?? route) === route,
    );
    return about.at(-1)?.checkResult === 0;
  }

  #list(node: ScriptedNode, frame: ChannelFrame, session: ScriptedSession): void {
    const { id, method } = parseRpcRequest(frame.data) ?? { id: null, method: '' };
    const info = { Agency: 'agency', IPAndPort: '127.0.0.1:30300', Node: 'node' };
    const at = (nodeId: string): string[] => {
      const here = this.subscribers.filter((each) => each.nodeId === nodeId);
      const isOpen =
        nodeId === node.nodeId || this.statuses.some((status) => status.nodeId === nodeId);
      return [
        ...here.map((each) => each.route),
        ...(isOpen && here.length > 0 ? [this.payload] : []),
      ];
    };
    const far = [...new Set(this.subscribers.map((each) => each.nodeId))].filter(
      (nodeId) => nodeId !== node.nodeId,
    );
    const topics = [...session.topics, ...at(node.nodeId)];
    const result =
      method === 'getNodeInfo'
        ? { ...info, NodeID: node.nodeId, Topic: topics }
        : far.map((nodeId) => ({ ...info, NodeID: nodeId, Topic: at(nodeId) }));
    session.send(ChannelType.rpc, frame.seq, encodeRpcResult(id, result));
  }
}
