import type { CertificateWatch } from '../certificate-watch.ts';
import { formatHostPort } from '../config/host-port.ts';
import type { NodeContext } from '../node-context.ts';
import type { PeerHost } from '../peer/peer-host.ts';
import { refusalText } from '../refusal/refusal-reason.ts';
import type { ChannelPort } from '../session/channel-port.ts';
import { peerState, sessionState } from './connection-state.ts';
import type { CertificateState, NodeState, SubscriberState, UnreachedState } from './node-state.ts';
import {
  type PrivatePairSight,
  PrivateSight,
  payloadOf,
  type TopicSight,
  topicSight,
} from './private-sight.ts';
import type { TraceEvent, TraceRing } from './trace-ring.ts';

/** What {@link NodeSight} looks at. */
export interface NodeSightSources {
  readonly context: NodeContext;
  readonly channel: ChannelPort;
  readonly peers: PeerHost;
  readonly trace: TraceRing | undefined;
  readonly certificates: () => CertificateWatch;
}

/** What an operator may see of a running node. Looking costs as much as there is to see, and nothing between looks. */
export class NodeSight {
  readonly #sources: NodeSightSources;
  readonly #startedAtMs: number;
  readonly #private: PrivateSight;

  constructor(sources: NodeSightSources) {
    this.#sources = sources;
    this.#startedAtMs = sources.context.clock.wallMs();
    this.#private = new PrivateSight(sources.context, sources.peers);
  }

  /** The whole node but its topics. */
  state(): NodeState {
    const { channel, context, peers } = this.#sources;
    const { config, identity, limits, nodeId, refusals, stopping } = context;
    return {
      nodeId,
      name: identity.commonName,
      agency: identity.issuerCommonName,
      channel: formatHostPort(channel.address),
      p2p: formatHostPort(peers.address),
      startedAtMs: this.#startedAtMs,
      isStopping: stopping,
      supportedVersion: config.supportedVersion,
      limits: { ...limits },
      sessions: [...channel.sessions].map((session) => sessionState(session, context)),
      peers: [...peers.active()].map(peerState),
      unreached: this.unreached(),
      certificates: this.certificates(),
      refusals: refusals.recent.map((refused) => ({ ...refused, ...refusalText(refused.reason) })),
    };
  }

  /** The configured nodes that are not connected, and why. */
  unreached(): UnreachedState[] {
    return this.#sources.peers.unreached();
  }

  /** Topics that begin with `prefix`, at most `limit`, and how many receive them. */
  topics(prefix: string, limit: number): TopicSight[] {
    return this.#sources.context.router.topicsLike(prefix, limit).map(topicSight);
  }

  /** Who gets the messages of a topic, and who listens to the private topic of that name. */
  subscribers(topic: string): SubscriberState[] {
    const { parties, router } = this.#sources.context;
    const payload = payloadOf(topic);
    const listeners = payload === undefined ? [] : router.privateListenersOf(payload);
    return [...router.receiversOf(topic), ...listeners].flatMap(
      ({ id, ...counts }): SubscriberState[] => {
        const party = parties.get(id);
        return party === undefined ? [] : [{ ...party, ...counts }];
      },
    );
  }

  /**
   * How it stands between the publishers of this node on private topics and the routes of subscribers, of one topic or of
   * all; at most `limit`.
   */
  privatePairs(topic: string | undefined, limit: number): PrivatePairSight[] {
    return this.#private.pairs(topic, limit);
  }

  /** What happened to the message with that seq, oldest first; empty unless the configuration says `trace`. */
  trace(seq: string): TraceEvent[] {
    return this.#sources.trace?.of(seq) ?? [];
  }

  /** How many of those connected have a certificate that ends before then, ms since 1970. */
  endingBefore(wallMs: number): { readonly applications: number; readonly peers: number } {
    const { channel, peers } = this.#sources;
    let applications = 0;
    let others = 0;
    for (const { link } of channel.sessions) {
      if (link.connection.identity.validToMs < wallMs) applications++;
    }
    for (const { link } of peers.active()) {
      if (link.connection.identity.validToMs < wallMs) others++;
    }
    return { applications, peers: others };
  }

  /** The node's own certificates, authorities included. */
  certificates(): CertificateState[] {
    return this.#sources.certificates().own.map((certificate) => ({
      subject: certificate.subjectName,
      issuer: certificate.issuerName,
      fingerprint: certificate.fingerprint256,
      validFromMs: certificate.validFromMs,
      validToMs: certificate.validToMs,
    }));
  }

  /** Bytes that applications and other nodes have not taken yet. */
  queuedBytes(): { readonly applications: number; readonly peers: number } {
    const { channel, peers } = this.#sources;
    let applications = 0;
    let others = 0;
    for (const { link } of channel.sessions) applications += link.outbox.queuedBytes;
    for (const { link } of peers.active()) others += link.outbox.queuedBytes;
    return { applications, peers: others };
  }
}
