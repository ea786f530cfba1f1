import {
  type ChannelFrame,
  ChannelFrameDecoder,
  ChannelType,
  EXTENSION_VERSION,
  encodeErrorDetail,
  encodeHandshakeResponse,
  encodeMulticastAck,
  NO_REPLY_SEQ,
  parseHandshakeRequest,
  ResultCode,
  seqFromKey,
  type TopicStatus,
  type VerifyTopic,
} from '@amop/codec';
import { releaseMemory } from '@amop/crypto';
import type { Connection, PortsError } from '@amop/ports';
import {
  type Failure,
  type Origin,
  OriginLoad,
  type SessionEndpoint,
  type SessionTarget,
} from '@amop/router';
import { textOf } from '../error-text.ts';
import { Link, type LinkOwner } from '../flow/link.ts';
import type { CutReason } from '../flow/sink.ts';
import type { NodeContext } from '../node-context.ts';
import { type Rights, rightsOf } from '../permission/permissions.ts';
import type { TopicSet } from '../permission/topic-set.ts';
import { applicationParty, type Party } from '../sight/party.ts';
import { Admission } from './admission.ts';
import { applicationMark } from './application-mark.ts';
import { answerHeartbeat, refuseEventFilter } from './chain-frames.ts';
import { ChannelWriter } from './channel-writer.ts';
import { answerRpc, type RpcView } from './json-rpc.ts';
import { INITIAL_PROFILE, negotiate, type SessionProfile } from './session-profile.ts';
import { applySubscription } from './subscription.ts';
import { TopicProofs } from './topic-proofs.ts';

/** Characters of a client type that are kept: the client chooses it. */
const MAX_CLIENT_TYPE = 64;

/** What the channel port hands to its sessions. */
export interface SessionHost {
  readonly rpc: RpcView;
  sessionEnded(
    session: ChannelSession,
    reason: CutReason | undefined,
    error: PortsError | undefined,
  ): void;
}

/**
 * One application on the channel port: reads its frames in order and acts on each by its type
 * (spec 3), and is a receiver and a sender for the router.
 *
 * An answer counts only as a 0x31 under a seq that was pushed to this very session (D-30).
 */
export class ChannelSession implements LinkOwner<ChannelFrame>, SessionTarget, Origin {
  readonly endpoint: SessionEndpoint;
  readonly link: Link<ChannelFrame>;
  readonly load: OriginLoad = new OriginLoad();
  readonly party: Party;
  readonly #context: NodeContext;
  readonly #host: SessionHost;
  readonly #writer: ChannelWriter;
  readonly #admission: Admission;
  readonly #proofs: TopicProofs;
  #subscribable: TopicSet;
  readonly #sendMulticastAck: () => void;
  /** What it says it is in its handshake; empty when it says nothing. */
  clientType = '';
  #profile: SessionProfile = INITIAL_PROFILE;
  #deadlines = false;
  #errors = false;
  #acks = false;
  #namesRoutes = false;
  #acceptedMulticasts = 0;

  constructor(connection: Connection, context: NodeContext, host: SessionHost) {
    this.#context = context;
    this.#host = host;
    this.endpoint = context.router.addSession(this);
    this.endpoint.applicationMark = applicationMark(connection.identity.fingerprint256);
    this.party = applicationParty(this.endpoint.id, connection.identity);
    context.parties.add(this.endpoint.id, this.party);
    const decoder = new ChannelFrameDecoder({ onSpent: releaseMemory });
    this.link = new Link(connection, context, decoder, this, 'record');
    this.#writer = new ChannelWriter(this.link);
    this.#proofs = new TopicProofs(this.endpoint, this.#writer, context);
    const rights = rightsOf(context.config.channel.permissions, connection.identity);
    this.#subscribable = rights.subscribe;
    this.#admission = new Admission(this, rights.publish, context);
    this.#sendMulticastAck = () => {
      const count = this.#acceptedMulticasts;
      this.#acceptedMulticasts = 0;
      this.#writer.send(
        ChannelType.multicastAck,
        NO_REPLY_SEQ,
        ResultCode.ok,
        encodeMulticastAck(count),
      );
    };
  }

  get id(): number {
    return this.endpoint.id;
  }

  /**
   * From now on the application has these rights.
   *
   * @returns false when it subscribes what it may not any more
   */
  useRights({ publish, subscribe }: Rights): boolean {
    this.#admission.allow(publish);
    this.#subscribable = subscribe;
    for (const topic of this.#context.table.topicsOf(this.id)) {
      if (!subscribe.has(topic)) return false;
    }
    return true;
  }

  /** Protocol version that was agreed on. */
  get protocol(): number {
    return this.#profile.protocol;
  }

  get applicationMark(): number {
    return this.endpoint.applicationMark;
  }

  // As owner of its link

  onFrame(frame: ChannelFrame): void {
    switch (frame.type) {
      case ChannelType.request:
        this.#onRequest(frame);
        break;
      case ChannelType.response:
        this.#onResponse(frame);
        break;
      case ChannelType.multicast:
        this.#onMulticast(frame);
        break;
      case ChannelType.subscribe:
        this.#onSubscribe(frame);
        break;
      case ChannelType.verifyTopic:
        if (!this.#proofs.acknowledged(frame)) this.#ignored(frame);
        break;
      case ChannelType.topicStatus:
        this.#proofs.told(frame);
        break;
      case ChannelType.heartbeat:
        this.#reply(frame, answerHeartbeat(frame.data, this.#profile.protocol));
        break;
      case ChannelType.handshake:
        this.#onHandshake(frame);
        break;
      case ChannelType.rpc:
        this.#reply(frame, answerRpc(frame.data, this.#host.rpc, this.id));
        break;
      case ChannelType.registerEvent:
      case ChannelType.unregisterEvent:
        this.#reply(frame, refuseEventFilter());
        break;
      default:
        this.#ignored(frame);
    }
  }

  onUndecodable(error: unknown): CutReason {
    const { remoteHost, remotePort } = this.link.connection;
    this.#context.limited.warn(
      { session: this.id, remoteHost, remotePort, error: textOf(error) },
      'session closed: its bytes are not channel frames',
    );
    return 'malformed';
  }

  onEnd(reason: CutReason | undefined, error: PortsError | undefined): void {
    this.#context.bandwidth?.close(this.#admission.account);
    this.#host.sessionEnded(this, reason, error);
  }

  // As receiver of the router

  pushRequest(frame: ChannelFrame, seqKey: string, remainingMs: number): boolean {
    return this.#writer.forward(frame, {
      type: ChannelType.request,
      result: this.#deadlines ? remainingMs : 0,
      seq: seqKey === frame.seqKey ? undefined : seqFromKey(seqKey),
    });
  }

  pushMulticast(frame: ChannelFrame): boolean {
    return this.#writer.forward(frame, { type: ChannelType.multicast, result: 0 });
  }

  get namesRoutes(): boolean {
    return this.#namesRoutes;
  }

  askVerification(seqKey: string, request: VerifyTopic): boolean {
    return this.#proofs.ask(seqKey, request);
  }

  routeGone(status: TopicStatus): void {
    this.#proofs.routeGone(status);
  }

  // As sender of a request

  respond(request: ChannelFrame, _token: number, answer: ChannelFrame): void {
    const seq = answer.seqKey === request.seqKey ? undefined : request.seq;
    const { result } = answer;
    this.#writer.forward(answer, { type: ChannelType.response, result, seq, isLast: true });
  }

  fail(request: ChannelFrame, _token: number, failure: Failure): void {
    if (this.#errors) {
      const data = encodeErrorDetail(failure.detail);
      this.#writer.send(ChannelType.response, request.seq, failure.code, data);
    } else if (failure.code === ResultCode.noAnswer) {
      this.#writer.forward(request, { type: ChannelType.response, result: failure.code });
    } else {
      this.#writer.send(ChannelType.response, request.seq, failure.code);
    }
  }

  #onRequest(frame: ChannelFrame): void {
    const { bandwidth, clock, router, wakeSweeper } = this.#context;
    const nowMs = clock.nowMs();
    const topic = this.#admission.topicOf(frame, nowMs);
    if (topic === undefined) return;
    const remainingMs = this.#deadlines ? Math.max(0, frame.result) : 0;
    bandwidth?.enter(this.#admission.account);
    router.requestFromSession(this, frame, topic, remainingMs, nowMs);
    bandwidth?.leave();
    wakeSweeper();
  }

  #onResponse(frame: ChannelFrame): void {
    const { clock, router } = this.#context;
    if (!this.endpoint.pending.has(frame.seqKey) && this.#proofs.acknowledged(frame)) return;
    router.answerFromSession(this.endpoint, frame, clock.nowMs());
  }

  #onMulticast(frame: ChannelFrame): void {
    const { bandwidth, clock, router, scheduler } = this.#context;
    const nowMs = clock.nowMs();
    const topic = this.#admission.topicOf(frame, nowMs);
    if (topic === undefined) return;
    bandwidth?.enter(this.#admission.account);
    router.multicast(this.id, frame, topic, false, nowMs);
    bandwidth?.leave();
    if (!this.#acks) {
      this.#writer.forward(frame, { type: ChannelType.response, result: ResultCode.ok });
    } else if (this.#acceptedMulticasts++ === 0) {
      scheduler.endOfTurn(this.#sendMulticastAck);
    }
  }

  #onSubscribe(frame: ChannelFrame): void {
    const options = { deltas: this.#acks, allowed: this.#subscribable };
    const ack = applySubscription(this.endpoint, frame.data, options, this.#context);
    if (ack === undefined) {
      this.#admission.malformed(frame, 'bad-subscription');
      if (this.#acks) this.#writer.send(frame.type, frame.seq, ResultCode.malformed);
    } else if (this.#acks) {
      this.#reply(frame, ack);
    }
  }

  #onHandshake(frame: ChannelFrame): void {
    const request = parseHandshakeRequest(frame.data);
    if (request === undefined) {
      this.#admission.malformed(frame, 'bad-handshake');
      return;
    }
    const profile = negotiate(request);
    if (profile === undefined) {
      const { clientType, maximumSupport, minimumSupport } = request;
      this.#context.limited.warn(
        { session: this.id, clientType, minimumSupport, maximumSupport },
        'session closed: it speaks none of the protocol versions 1 to 3',
      );
      this.link.cut('handshake-range');
      return;
    }
    this.#profile = profile;
    this.clientType = (request.clientType ?? '').slice(0, MAX_CLIENT_TYPE);
    const { abilities } = profile;
    this.#deadlines = abilities?.includes('deadline') === true;
    this.#errors = abilities?.includes('errors') === true;
    this.#acks = abilities?.includes('ack') === true;
    this.#namesRoutes = abilities?.includes('grant') === true;
    // Who speaks our extension tells its own requests from answers.
    this.endpoint.applicationMark =
      abilities === undefined ? applicationMark(this.link.connection.identity.fingerprint256) : 0;
    const { supportedVersion } = this.#context.config;
    this.#reply(
      frame,
      encodeHandshakeResponse({
        nodeVersion: supportedVersion,
        protocol: profile.protocol,
        ...(abilities && { amop: { v: EXTENSION_VERSION, have: [...abilities] } }),
      }),
    );
    this.link.outbox.setMode(abilities?.includes('batch') ? 'batch' : 'record');
  }

  #ignored({ type }: ChannelFrame): void {
    this.#context.counters.framesIgnored++;
    this.#context.logger.debug({ session: this.id, type }, 'frame ignored');
  }

  /** Sends `data` as reply of the frame's own type; nothing when there is no reply. */
  #reply(frame: ChannelFrame, data: Uint8Array | undefined): void {
    if (data !== undefined) this.#writer.send(frame.type, frame.seq, frame.result, data);
  }
}
