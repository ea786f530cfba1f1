import {
  type ChannelFrame,
  ChannelType,
  encodeAmopBody,
  encodeChannelFrame,
  type PeerGrants,
  readChannelFrame,
  seqFromKey,
  type TopicStatus,
  type VerifyTopic,
} from '@amop/codec';
import { SeededRandom } from '@amop/testkit';
import {
  type Failure,
  OriginLoad,
  type PeerEndpoint,
  Router,
  type RouterLimits,
  type SessionEndpoint,
} from '../src/index.ts';
import type { Origin, PeerTarget, SessionTarget } from '../src/target.ts';

/** The node ID of the router under test. */
export const OWN_NODE_ID: string = '0a'.repeat(64);

export function createRouter(
  seed = 1,
  limits: Partial<RouterLimits> = {},
  options: { readonly verifiesOwnNode?: boolean } = {},
): Router {
  const random = new SeededRandom(seed);
  return new Router({ nodeId: OWN_NODE_ID, limits, ...options }, { random });
}

/** A 32-character seq from a short name. */
export function seq(name: string): string {
  return name.padStart(32, '0');
}

export function frame(
  type: number,
  key: string,
  topic: string,
  content: string | Uint8Array = '',
  result = 0,
): ChannelFrame {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const data = encodeAmopBody(topic, bytes);
  return readChannelFrame(encodeChannelFrame({ type, seq: seqFromKey(key), result, data }));
}

export function request(
  key: string,
  topic = 'orders',
  content: string | Uint8Array = 'ask',
): ChannelFrame {
  return frame(ChannelType.request, seq(key), topic, content);
}

export function multicast(key: string, topic = 'orders', content = 'tell'): ChannelFrame {
  return frame(ChannelType.multicast, seq(key), topic, content);
}

export function answer(
  seqKey: string,
  result = 0,
  topic = 'orders',
  content = 'reply',
): ChannelFrame {
  return frame(ChannelType.response, seqKey, topic, content, result);
}

/** What a sender heard of one request. */
export type Outcome =
  | { readonly kind: 'answer'; readonly seqKey: string; readonly frame: ChannelFrame }
  | { readonly kind: 'failure'; readonly seqKey: string; readonly failure: Failure };

/** A session in memory: takes what it is given and remembers what it heard. */
export class MemorySession implements SessionTarget, Origin {
  readonly endpoint: SessionEndpoint;
  readonly pushed: {
    readonly frame: ChannelFrame;
    readonly seqKey: string;
    readonly remainingMs: number;
  }[] = [];
  readonly multicasts: ChannelFrame[] = [];
  readonly load: OriginLoad = new OriginLoad();
  readonly outcomes: Outcome[] = [];
  /** 0x37 that it got and 0x38 that told it of routes that are gone. */
  readonly asks: (VerifyTopic & { readonly seqKey: string })[] = [];
  readonly gone: TopicStatus[] = [];
  namesRoutes = false;
  isOpen = true;

  constructor(router: Router, ...topics: string[]) {
    this.endpoint = router.addSession(this);
    router.updateSession(this.endpoint, topics, [], 0);
  }

  get id(): number {
    return this.endpoint.id;
  }

  get applicationMark(): number {
    return this.endpoint.applicationMark;
  }

  pushRequest(pushed: ChannelFrame, seqKey: string, remainingMs: number): boolean {
    if (this.isOpen) this.pushed.push({ frame: pushed, seqKey, remainingMs });
    return this.isOpen;
  }

  pushMulticast(pushed: ChannelFrame): boolean {
    if (this.isOpen) this.multicasts.push(pushed);
    return this.isOpen;
  }

  askVerification(seqKey: string, asked: VerifyTopic): boolean {
    if (this.isOpen) this.asks.push({ ...asked, seqKey });
    return this.isOpen;
  }

  routeGone(status: TopicStatus): void {
    this.gone.push(status);
  }

  respond(asked: ChannelFrame, _token: number, frameOfAnswer: ChannelFrame): void {
    this.outcomes.push({ kind: 'answer', seqKey: asked.seqKey, frame: frameOfAnswer });
  }

  fail(asked: ChannelFrame, _token: number, failure: Failure): void {
    this.outcomes.push({ kind: 'failure', seqKey: asked.seqKey, failure });
  }
}

let peers = 0;

/** A peer in memory. */
export class MemoryPeer implements PeerTarget, Origin {
  readonly nodeId: string;
  readonly extended: boolean;
  readonly endpoint: PeerEndpoint;
  readonly requests: {
    readonly frame: ChannelFrame;
    readonly peerSeq: number;
    readonly hint: number;
    readonly publisher: number;
  }[] = [];
  readonly multicasts: {
    readonly frame: ChannelFrame;
    readonly peerSeq: number;
    readonly publisher: number;
  }[] = [];
  readonly grants: PeerGrants[] = [];
  readonly takesGrants: boolean;
  readonly load: OriginLoad = new OriginLoad();
  readonly applicationMark = 0;
  readonly outcomes: (Outcome & { readonly token: number })[] = [];
  isOpen = true;

  constructor(
    router: Router,
    options: { extended: boolean; takesGrants?: boolean; nodeId?: string },
    ...routes: [string, number][]
  ) {
    this.extended = options.extended;
    this.takesGrants = options.takesGrants ?? false;
    this.nodeId = options.nodeId ?? String(++peers).padStart(128, '0');
    this.endpoint = router.addPeer(this);
    router.peerActivated(this.endpoint);
    router.updatePeer(this.endpoint, routes, 0);
  }

  get id(): number {
    return this.endpoint.id;
  }

  sendRequest(sent: ChannelFrame, peerSeq: number, hint: number, publisher: number): boolean {
    if (this.isOpen) this.requests.push({ frame: sent, peerSeq, hint, publisher });
    return this.isOpen;
  }

  sendMulticast(sent: ChannelFrame, peerSeq: number, publisher: number): boolean {
    if (this.isOpen) this.multicasts.push({ frame: sent, peerSeq, publisher });
    return this.isOpen;
  }

  sendGrants(grants: PeerGrants): void {
    this.grants.push(grants);
  }

  respond(asked: ChannelFrame, token: number, frameOfAnswer: ChannelFrame): void {
    this.outcomes.push({ kind: 'answer', seqKey: asked.seqKey, frame: frameOfAnswer, token });
  }

  fail(asked: ChannelFrame, token: number, failure: Failure): void {
    this.outcomes.push({ kind: 'failure', seqKey: asked.seqKey, failure, token });
  }
}
