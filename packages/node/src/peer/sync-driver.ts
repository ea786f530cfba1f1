import {
  encodePeerHello,
  encodePeerTopics,
  encodeTopicSequence,
  type P2pFrame,
  P2pPacket,
  P2pProtocol,
  parsePeerHello,
  parsePeerTopics,
  parseTopicSequence,
} from '@amop/codec';
import { PeerSync, type SyncAction, type SyncEvent, type TopicSessions } from '@amop/topic-sync';
import type { NodeContext } from '../node-context.ts';
import type { PeerWriter } from './peer-writer.ts';

/** Abilities that this node names in its hello (docs/protocol.md, "Between nodes"). */
const PEER_ABILITIES: readonly string[] = ['counts', 'deadline', 'errors', 'grants'];
const SOFTWARE = 'amop-ts';
/** The original numbers heartbeats with 0, "not set" (spec 12.4). */
const NO_SEQ = 0;

/** What follows from what a peer says about topics. */
export interface SyncListener {
  /** The peer is one of ours, with these abilities. */
  greeted(abilities: readonly string[]): void;
  /** The peer has told for the first time what it listens to. */
  synced(): void;
  routesChanged(changed: readonly TopicSessions[]): void;
}

/** Topic synchronisation with one peer: frames into events, actions into frames. */
export class SyncDriver {
  readonly sync: PeerSync;
  readonly #peer: string;
  readonly #context: NodeContext;
  readonly #writer: PeerWriter;
  readonly #listener: SyncListener;
  #synced = false;

  constructor(peer: string, writer: PeerWriter, context: NodeContext, listener: SyncListener) {
    this.#peer = peer;
    this.#writer = writer;
    this.#context = context;
    this.#listener = listener;
    this.sync = new PeerSync({ table: context.table, maxTopics: context.limits.maxTopics });
  }

  /** Takes a frame of the topic protocol or of ours; false when it is none of them. */
  take(frame: P2pFrame, payload: Uint8Array): boolean {
    const event = this.#eventOf(frame, payload);
    if (event === undefined) return false;
    this.handle(event);
    if (!this.#synced && (event.kind === 'counts' || event.kind === 'list')) {
      this.#synced = true;
      this.#listener.synced();
    }
    return true;
  }

  /** Whether the peer has told what it listens to. */
  get isSynced(): boolean {
    return this.#synced;
  }

  handle(event: SyncEvent): void {
    for (const action of this.sync.handle(event, this.#context.clock.nowMs()))
      this.#perform(action);
  }

  #eventOf({ packetType, protocolId, seq }: P2pFrame, payload: Uint8Array): SyncEvent | undefined {
    if (protocolId === -P2pProtocol.topics && packetType === P2pPacket.topicList) {
      return { kind: 'list', p2pSeq: seq, payload };
    }
    if (protocolId === P2pProtocol.topics && packetType === P2pPacket.topicListRequest) {
      return { kind: 'list-request', p2pSeq: seq };
    }
    if (protocolId === P2pProtocol.topics && packetType === P2pPacket.topicSequence) {
      const sequence = parseTopicSequence(payload);
      return sequence === undefined ? undefined : { kind: 'sequence', sequence };
    }
    if (protocolId !== P2pProtocol.extension) return undefined;
    if (packetType === P2pPacket.hello) {
      const hello = parsePeerHello(payload);
      if (hello === undefined) return undefined;
      this.#listener.greeted(hello.have);
      return { kind: 'hello', have: hello.have };
    }
    const counts = packetType === P2pPacket.topicCounts ? parsePeerTopics(payload) : undefined;
    return counts && { kind: 'counts', ...counts };
  }

  #perform(action: SyncAction): void {
    const writer = this.#writer;
    switch (action.kind) {
      case 'send-sequence': {
        const payload = encodeTopicSequence(action.sequence);
        writer.send(P2pProtocol.topics, P2pPacket.topicSequence, NO_SEQ, payload);
        break;
      }
      case 'send-hello': {
        const payload = encodePeerHello({ software: SOFTWARE, have: PEER_ABILITIES });
        writer.send(P2pProtocol.extension, P2pPacket.hello, NO_SEQ, payload);
        break;
      }
      case 'send-list-request': {
        const p2pSeq = this.#context.router.nextPeerSeq();
        writer.send(P2pProtocol.topics, P2pPacket.topicListRequest, p2pSeq);
        this.handle({ kind: 'list-requested', p2pSeq });
        break;
      }
      case 'send-list':
        writer.send(-P2pProtocol.topics, P2pPacket.topicList, action.p2pSeq, action.payload);
        break;
      case 'send-counts': {
        const payload = encodePeerTopics(action);
        writer.send(P2pProtocol.extension, P2pPacket.topicCounts, NO_SEQ, payload);
        break;
      }
      case 'routes':
        this.#listener.routesChanged(action.changed);
        break;
      case 'log':
        this.#context.logger[action.level](
          { peer: this.#peer, total: action.total },
          action.message,
        );
        break;
      default:
        action satisfies never;
    }
  }
}
