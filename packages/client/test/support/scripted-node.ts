import {
  type ChannelFrame,
  ChannelType,
  encodeErrorDetail,
  encodeHandshakeResponse,
  encodeHeartbeat,
  encodeMulticastAck,
  encodeRpcError,
  encodeRpcResult,
  encodeSubscribeAck,
  NO_REPLY_SEQ,
  parseHandshakeRequest,
  parseRpcRequest,
  parseSubscribe,
  type RefusedTopic,
  ResultCode,
  readAmopBody,
} from '@amop/codec';
import type { Listener, Scheduler, Transport } from '@amop/ports';
import { ScriptedSession } from './scripted-session.ts';

export interface ScriptedNodeOptions {
  readonly transport: Transport;
  readonly scheduler: Scheduler;
  readonly port: number;
  /** 'ours' answers the extensions that it is asked for, 'original' does not know them. */
  readonly kind: 'ours' | 'original';
  readonly nodeId: string;
}

type Script = (frame: ChannelFrame, session: ScriptedSession) => void;

/**
 * A node of few lines: handshake, heartbeat, subscriptions, unicast to the first other subscriber,
 * multicast to all. A test replaces what it wants to go otherwise.
 */
export class ScriptedNode {
  readonly sessions: ScriptedSession[] = [];
  readonly nodeId: string;
  /** Replaces the reaction to a type of frames; delete to get the usual one back. */
  readonly scripts = new Map<number, Script>();
  /** Topics that it refuses, with the reason. */
  readonly refuses = new Map<string, string>();
  /** An original node shows a subscription only after so many looks. */
  looksUntilShown = 0;
  readonly #options: ScriptedNodeOptions;
  readonly #origins = new Map<string, ScriptedSession>();
  #listener: Listener | undefined;

  constructor(options: ScriptedNodeOptions) {
    this.#options = options;
    this.nodeId = options.nodeId;
  }

  get endpoint(): string {
    return `127.0.0.1:${this.#listener?.port ?? this.#options.port}`;
  }

  async start(): Promise<void> {
    this.#listener = await this.#options.transport.listen({
      host: '127.0.0.1',
      port: this.#options.port,
      onConnection: (connection) => {
        const session = new ScriptedSession(
          connection,
          (from, frame) => this.#react(frame, from),
          (from) => this.sessions.splice(this.sessions.indexOf(from), 1),
        );
        this.sessions.push(session);
      },
      onRefused: () => {},
    });
  }

  /** Takes no more connections. */
  async stop(): Promise<void> {
    await this.#listener?.close();
  }

  /** The newest connection; throws when there is none. */
  get session(): ScriptedSession {
    const session = this.sessions.at(-1);
    if (session === undefined) throw new Error('nobody is connected');
    return session;
  }

  #react(frame: ChannelFrame, session: ScriptedSession): void {
    const script = this.scripts.get(frame.type);
    if (script !== undefined) script(frame, session);
    else this.usual(frame, session);
  }

  /** What the node does with a frame unless a script says otherwise. */
  usual(frame: ChannelFrame, session: ScriptedSession): void {
    switch (frame.type) {
      case ChannelType.handshake:
        this.#handshake(frame, session);
        break;
      case ChannelType.heartbeat:
        session.send(ChannelType.heartbeat, frame.seq, encodeHeartbeat(3, 1));
        break;
      case ChannelType.subscribe:
        this.#subscribe(frame, session);
        break;
      case ChannelType.rpc:
        this.#rpc(frame, session);
        break;
      case ChannelType.request:
        this.#unicast(frame, session);
        break;
      case ChannelType.response:
        this.#origins.get(frame.seqKey)?.connection.write(frame.bytes);
        this.#origins.delete(frame.seqKey);
        break;
      case ChannelType.multicast:
        this.#multicast(frame, session);
    }
  }

  #handshake(frame: ChannelFrame, session: ScriptedSession): void {
    const request = parseHandshakeRequest(frame.data);
    const have = this.#options.kind === 'ours' ? request?.amop?.want : undefined;
    session.extended = have !== undefined;
    session.send(
      ChannelType.handshake,
      frame.seq,
      encodeHandshakeResponse({
        nodeVersion: '2.9.1',
        protocol: 3,
        ...(have === undefined ? {} : { amop: { v: 1, have } }),
      }),
    );
  }

  #subscribe(frame: ChannelFrame, session: ScriptedSession): void {
    const change = parseSubscribe(frame.data);
    if (change === undefined) return;
    const refused: RefusedTopic[] = [...change.refused];
    if (change.kind === 'replace') session.topics.clear();
    else for (const topic of change.remove) session.topics.delete(topic);
    for (const topic of change.kind === 'replace' ? change.topics : change.add) {
      const reason = this.refuses.get(topic);
      if (reason === undefined) session.topics.add(topic);
      else refused.push({ topic, reason });
    }
    if (!session.extended) return;
    const data = encodeSubscribeAck({ sequence: 1, refused });
    session.send(ChannelType.subscribe, frame.seq, data);
  }

  #rpc(frame: ChannelFrame, session: ScriptedSession): void {
    const { id, method } = parseRpcRequest(frame.data) ?? { id: null, method: '' };
    const topics = [...new Set(this.sessions.flatMap((each) => [...each.topics]))];
    const info = {
      Agency: 'agency',
      IPAndPort: '0.0.0.0:30300',
      Node: 'node0',
      NodeID: this.nodeId,
      Topic: this.looksUntilShown-- > 0 ? [] : topics,
    };
    const data =
      method === 'getNodeInfo'
        ? encodeRpcResult(id, info)
        : method === 'getPeers'
          ? encodeRpcResult(id, [{ ...info, Node: 'node1' }])
          : encodeRpcError(id, -32601, 'no such method');
    session.send(ChannelType.rpc, frame.seq, data);
  }

  #unicast(frame: ChannelFrame, session: ScriptedSession): void {
    const { topic } = readAmopBody(frame.data);
    const receivers = this.sessions.filter((each) => each.topics.has(topic));
    const receiver = receivers.find((each) => each !== session) ?? receivers[0];
    if (receiver === undefined) {
      const detail = encodeErrorDetail({
        hop: 'node',
        node: this.nodeId,
        reason: 'no-subscriber',
        maybeDelivered: 'no',
        retryable: true,
      });
      const data = session.extended ? detail : undefined;
      session.send(ChannelType.response, frame.seq, data, ResultCode.noSubscriber);
      return;
    }
    this.#origins.set(frame.seqKey, session);
    receiver.connection.write(frame.bytes);
  }

  #multicast(frame: ChannelFrame, session: ScriptedSession): void {
    const { topic } = readAmopBody(frame.data);
    for (const each of this.sessions)
      if (each.topics.has(topic)) each.connection.write(frame.bytes);
    if (!session.extended) {
      session.send(ChannelType.response, frame.seq, frame.data);
    } else if (session.taken++ === 0) {
      this.#options.scheduler.endOfTurn(() => {
        session.send(ChannelType.multicastAck, NO_REPLY_SEQ, encodeMulticastAck(session.taken));
        session.taken = 0;
      });
    }
  }
}
