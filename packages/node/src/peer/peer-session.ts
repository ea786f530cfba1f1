import {
  CHANNEL_HEADER_BYTES,
  type ChannelFrame,
  ChannelType,
  encodeChannelFrame,
  encodeErrorDetail,
  encodePeerGrants,
  type P2pFrame,
  P2pFrameDecoder,
  P2pPacket,
  P2pProtocol,
  type PeerGrants,
  readAmopTopic,
  type TopicName,
} from '@amop/codec';
import { releaseMemory } from '@amop/crypto';
import type { Connection, PortsError } from '@amop/ports';
import {
  type Failure,
  type Origin,
  OriginLoad,
  type PeerEndpoint,
  type PeerTarget,
} from '@amop/router';
import type { PeerSync, TopicSessions } from '@amop/topic-sync';
import { textOf } from '../error-text.ts';
import { Link, type LinkOwner } from '../flow/link.ts';
import type { CutReason } from '../flow/sink.ts';
import type { NodeContext } from '../node-context.ts';
import { isAllowedContent } from '../session/route-content.ts';
import { type Party, peerParty } from '../sight/party.ts';
import { answerTooLarge, notAChallenge, stopping } from './peer-failure.ts';
import { grantsOf, innerFrameOf, payloadOf, privateContentOf } from './peer-payload.ts';
import { PeerWriter } from './peer-writer.ts';
import { SyncDriver, type SyncListener } from './sync-driver.ts';

/** As the original numbers what wants no answer. */
const NO_SEQ = 0;

/** What the peer host hears from its sessions. */
export interface PeerSessionHost {
  /** The first frame has come: it is a node. */
  peerHeard(session: PeerSession): void;
  /** More is known of what the peer listens to. */
  peerKnown(session: PeerSession): void;
  /** The peer is one of ours and has said what it is able to do. */
  peerGreeted(session: PeerSession): void;
  routesChanged(session: PeerSession, changed: readonly TopicSessions[]): void;
  peerEnded(
    session: PeerSession,
    reason: CutReason | undefined,
    error: PortsError | undefined,
  ): void;
}

/** Facts about a peer connection that stay. */
export interface PeerSessionOptions {
  /** Node ID of the other side, 128 lower-case hex digits. */
  readonly nodeId: string;
  /** Whether this node dialled the connection. */
  readonly isDialled: boolean;
}

/** One connection to another node: topics and AMOP messages in both directions (spec 12 to 14). */
export class PeerSession implements LinkOwner<P2pFrame>, PeerTarget, Origin, SyncListener {
  readonly endpoint: PeerEndpoint;
  readonly link: Link<P2pFrame>;
  readonly load: OriginLoad = new OriginLoad();
  readonly party: Party;
  /** A peer speaks for many applications: each request says for which. */
  readonly applicationMark = 0;
  readonly nodeId: string;
  readonly isDialled: boolean;
  readonly #context: NodeContext;
  readonly #host: PeerSessionHost;
  readonly #writer: PeerWriter;
  readonly #driver: SyncDriver;
  /** Whether an application may be connected to both nodes: only then the peer hears of its mark. */
  readonly #sharesApplications: boolean;
  #extended = false;
  #takesGrants = false;
  #heard = false;

  constructor(
    connection: Connection,
    options: PeerSessionOptions,
    context: NodeContext,
    host: PeerSessionHost,
  ) {
    this.nodeId = options.nodeId;
    this.isDialled = options.isDialled;
    this.#context = context;
    this.#host = host;
    this.endpoint = context.router.addPeer(this);
    this.party = peerParty(options.nodeId, connection.identity);
    this.#sharesApplications =
      !context.config.channel.checkIssuer ||
      connection.identity.issuerName === context.identity.issuerName;
    const decoder = new P2pFrameDecoder({ onSpent: releaseMemory });
    this.link = new Link(connection, context, decoder, this, 'batch');
    this.#writer = new PeerWriter(this.link, context);
    this.#driver = new SyncDriver(options.nodeId, this.#writer, context, this);
  }

  get id(): number {
    return this.endpoint.id;
  }

  /** True once the peer greeted as one of ours. */
  get extended(): boolean {
    return this.#extended;
  }

  get takesGrants(): boolean {
    return this.#takesGrants;
  }

  /** Whether a p2p frame has come. */
  get isHeard(): boolean {
    return this.#heard;
  }

  /** Whether no request is under way on it, in either direction. */
  get isIdle(): boolean {
    return this.load.requests.size === 0 && this.endpoint.pending.size === 0;
  }

  /** Whether the peer has told what it listens to. */
  get isSynced(): boolean {
    return this.#driver.isSynced;
  }

  /** What the peer listens to. */
  get sync(): PeerSync {
    return this.#driver.sync;
  }

  /** Greets and begins to read. */
  open(): void {
    this.#context.parties.add(this.id, this.party);
    this.#driver.handle({ kind: 'open' });
    this.link.open();
  }

  /** Lets the sync machine do what is due. */
  tick(nowMs: number): void {
    if (nowMs >= this.sync.nextTickMs) this.#driver.handle({ kind: 'tick' });
  }

  /** Tells the peer what has changed in this node's subscriptions. */
  announce(changes: ReadonlyMap<TopicName, number>): void {
    this.#driver.handle({ kind: 'announce', changes });
  }

  // As owner of its link

  onFrame(frame: P2pFrame): void {
    if (!this.#heard) {
      this.#heard = true;
      this.#host.peerHeard(this);
    }
    if (frame.protocolId === P2pProtocol.amop) this.#onAmop(frame);
    else if (frame.protocolId === -P2pProtocol.amop) this.#onAmopResponse(frame);
    else if (isPrivateProtocol(frame)) this.#onPrivate(frame);
    else if (isTopicProtocol(frame.protocolId)) this.#onTopics(frame);
    else this.#context.counters.foreignProtocols++;
  }

  onUndecodable(error: unknown): CutReason {
    const { remoteHost, remotePort } = this.link.connection;
    const { limited, refusals } = this.#context;
    const facts = { peer: this.nodeId, remoteHost, remotePort };
    if (hasCode(error, 'AMOP_CODEC_TWELVE_BYTE_HEADER')) {
      refusals.note('peer', 'twelve-byte-header', facts);
      return 'twelve-byte-header';
    }
    limited.warn({ ...facts, error: textOf(error) }, 'peer closed: its bytes are not p2p frames');
    return 'malformed';
  }

  onEnd(reason: CutReason | undefined, error: PortsError | undefined): void {
    this.#host.peerEnded(this, reason, error);
  }

  // As listener of its topic synchronisation

  greeted(abilities: readonly string[]): void {
    this.#extended = abilities.includes('deadline') && abilities.includes('errors');
    this.#takesGrants = abilities.includes('grants');
    this.#host.peerGreeted(this);
  }

  synced(): void {
    this.#host.peerKnown(this);
  }

  routesChanged(changed: readonly TopicSessions[]): void {
    this.#host.routesChanged(this, changed);
  }

  // As receiver of the router

  sendRequest(frame: ChannelFrame, peerSeq: number, hint: number, publisher: number): boolean {
    const result = this.#extended && (hint > 0 || this.#sharesApplications) ? hint : 0;
    const changes = { type: ChannelType.request, result };
    if (publisher > 0 && this.#takesGrants) {
      const { privateUnicast } = P2pPacket;
      return this.#writer.sendPrivate(privateUnicast, peerSeq, publisher, frame, changes);
    }
    return this.#writer.sendAmop(P2pProtocol.amop, P2pPacket.unicast, peerSeq, frame, changes);
  }

  sendMulticast(frame: ChannelFrame, peerSeq: number, publisher: number): boolean {
    const changes = { type: ChannelType.multicast, result: 0 };
    if (publisher > 0 && this.#takesGrants) {
      const { privateMulticast } = P2pPacket;
      return this.#writer.sendPrivate(privateMulticast, peerSeq, publisher, frame, changes);
    }
    return this.#writer.sendAmop(P2pProtocol.amop, P2pPacket.multicast, peerSeq, frame, changes);
  }

  sendGrants(grants: PeerGrants): void {
    const payload = encodePeerGrants(grants);
    this.#writer.send(P2pProtocol.extension, P2pPacket.grants, NO_SEQ, payload);
  }

  // As sender of a request

  respond(request: ChannelFrame, token: number, answer: ChannelFrame): void {
    if (answer.bytes.length > this.#context.limits.maxMessageBytes) {
      this.fail(request, token, answerTooLarge(this.#context.nodeId));
      return;
    }
    const seq = answer.seqKey === request.seqKey ? undefined : request.seq;
    const { result } = answer;
    const changes = { type: ChannelType.response, result, seq, isLast: true };
    this.#writer.sendAmop(-P2pProtocol.amop, P2pPacket.unicast, token, answer, changes);
  }

  fail(request: ChannelFrame, token: number, { code, detail }: Failure): void {
    const type = ChannelType.response;
    if (this.#extended) {
      const data = encodeErrorDetail(detail);
      const frame = encodeChannelFrame({ type, seq: request.seq, result: code, data });
      this.#writer.send(-P2pProtocol.amop, P2pPacket.failure, token, frame);
    } else {
      const changes = { type, result: code };
      this.#writer.sendAmop(-P2pProtocol.amop, P2pPacket.unicast, token, request, changes);
    }
  }

  #onAmop(frame: P2pFrame): void {
    this.#take(frame, this.#read(frame, innerFrameOf), undefined);
  }

  /** Grants, or a message on a private topic with its publisher. */
  #onPrivate(frame: P2pFrame): void {
    if (!this.#takesGrants) {
      this.#context.counters.framesIgnored++;
      return;
    }
    if (frame.packetType === P2pPacket.grants) {
      const grants = this.#read(frame, grantsOf);
      if (grants === undefined) this.#context.counters.framesMalformed++;
      else this.#context.router.grantsFrom(this.endpoint, grants, this.#context.clock.nowMs());
      return;
    }
    const content = this.#read(frame, privateContentOf);
    this.#take(frame, content?.inner, content?.publisher);
  }

  /** A message for applications of this node. */
  #take(frame: P2pFrame, inner: ChannelFrame | undefined, publisher: number | undefined): void {
    const topic = inner && readAmopTopic(inner.bytes, CHANNEL_HEADER_BYTES);
    if (inner === undefined || topic === undefined) {
      this.#context.counters.framesMalformed++;
      return;
    }
    const { clock, counters, router, wakeSweeper } = this.#context;
    const nowMs = clock.nowMs();
    const audience = router.audienceOf(this.endpoint, topic, publisher);
    if (!isAllowedContent(topic, inner)) {
      counters.framesIgnored++;
      if (inner.type === ChannelType.request) {
        this.fail(inner, frame.seq, notAChallenge(this.#context.nodeId));
      }
      return;
    }
    if (inner.type === ChannelType.request) {
      if (this.#context.stopping) {
        this.fail(inner, frame.seq, stopping(this.#context.nodeId));
        return;
      }
      const hint = this.#extended ? inner.result : 0;
      router.requestFromPeer(this, inner, topic, frame.seq, hint, nowMs, audience);
      wakeSweeper();
    } else if (inner.type === ChannelType.multicast) {
      router.multicast(this.id, inner, topic, true, nowMs, audience);
    } else {
      counters.framesIgnored++;
    }
  }

  #onAmopResponse(frame: P2pFrame): void {
    const { clock, router } = this.#context;
    const answer = this.#read(frame, innerFrameOf);
    const byNode = frame.packetType === P2pPacket.failure;
    router.answerFromPeer(this.endpoint, frame.seq, answer, byNode, clock.nowMs());
  }

  #onTopics(frame: P2pFrame): void {
    const payload = this.#read(frame, payloadOf);
    if (payload === undefined) this.#context.counters.framesMalformed++;
    else if (!this.#driver.take(frame, payload)) this.#context.counters.framesIgnored++;
  }

  /** What `reader` finds in the payload; undefined, and a line in the log, when it cannot be read. */
  #read<Content>(frame: P2pFrame, reader: (frame: P2pFrame) => Content): Content | undefined {
    try {
      return reader(frame);
    } catch (error) {
      const { packetType, protocolId } = frame;
      this.#context.logger.debug(
        { peer: this.nodeId, protocolId, packetType, error: textOf(error) },
        'payload of a peer cannot be read',
      );
      return undefined;
    }
  }
}

function isPrivateProtocol({ packetType, protocolId }: P2pFrame): boolean {
  return protocolId === P2pProtocol.extension && packetType >= P2pPacket.grants;
}

function isTopicProtocol(protocolId: number): boolean {
  return Math.abs(protocolId) === P2pProtocol.topics || protocolId === P2pProtocol.extension;
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
