import type { ChannelFrame } from '@amop/codec';
import {
  type Failure,
  type Origin,
  OriginLoad,
  type PeerEndpoint,
  type Router,
  type SessionEndpoint,
} from '../src/index.ts';
import type { PeerTarget, SessionTarget } from '../src/target.ts';

/** One attempt of a request. */
interface Attempt {
  readonly receiverId: number;
  /** The receiver said something after which the request may go to another one. */
  wasGivenBack: boolean;
}

/** What a request has been through. */
export interface Asked {
  readonly sender: FuzzParty;
  /** Its sender named a deadline: once it may have arrived, it must not be sent again. */
  readonly isOnce: boolean;
  readonly attempts: Attempt[];
  hasEnded: boolean;
}

/** A request as it was given to a receiver. */
export interface Given {
  readonly seqKey: string;
  readonly peerSeq: number;
  readonly attempt: Attempt;
}

/** A session or a peer that checks what the router does to it. */
export class FuzzParty implements SessionTarget, PeerTarget, Origin {
  readonly endpoint: SessionEndpoint | PeerEndpoint;
  readonly nodeId: string;
  readonly extended: boolean;
  readonly takesGrants = false;
  readonly namesRoutes = false;
  readonly load: OriginLoad = new OriginLoad();
  readonly given: Given[] = [];
  isOpen = true;
  readonly #router: Router;
  readonly #requests: ReadonlyMap<ChannelFrame, Asked>;

  constructor(
    router: Router,
    kind: 'session' | 'peer' | 'extended-peer',
    nodeId: string,
    requests: ReadonlyMap<ChannelFrame, Asked>,
  ) {
    this.#router = router;
    this.#requests = requests;
    this.nodeId = nodeId;
    this.extended = kind === 'extended-peer';
    this.endpoint = kind === 'session' ? router.addSession(this) : router.addPeer(this);
  }

  get id(): number {
    return this.endpoint.id;
  }

  get applicationMark(): number {
    return this.endpoint.kind === 'session' ? this.endpoint.applicationMark : 0;
  }

  /** Listens to a topic, or with no subscribers no more. */
  listen(topic: string, subscribers: number): void {
    const { endpoint } = this;
    if (endpoint.kind === 'peer') this.#router.updatePeer(endpoint, [[topic, subscribers]], 0);
    else if (subscribers > 0) this.#router.updateSession(endpoint, [topic], [], 0);
    else this.#router.updateSession(endpoint, [], [topic], 0);
  }

  pushRequest(pushed: ChannelFrame, seqKey: string): boolean {
    return this.#take(pushed, seqKey, 0);
  }

  sendRequest(sent: ChannelFrame, peerSeq: number): boolean {
    return this.#take(sent, sent.seqKey, peerSeq);
  }

  pushMulticast(): boolean {
    return this.isOpen;
  }

  sendMulticast(): boolean {
    return this.isOpen;
  }

  sendGrants(): void {
    throw new Error('grants for a peer that takes none');
  }

  askVerification(): boolean {
    return this.isOpen;
  }

  routeGone(): void {
    throw new Error('told of a route that it was not asked about');
  }

  respond(asking: ChannelFrame): void {
    this.#end(asking);
  }

  fail(asking: ChannelFrame, _token: number, { code }: Failure): void {
    if (code !== 100 && code !== 103 && code !== 104) throw new Error(`failed with ${code}`);
    this.#end(asking);
  }

  #take(frame: ChannelFrame, seqKey: string, peerSeq: number): boolean {
    if (!this.isOpen) return false;
    const asked = this.#requests.get(frame);
    if (asked === undefined || asked.hasEnded) throw new Error('given after its end');
    const { attempts, isOnce, sender } = asked;
    if (attempts.some(({ receiverId }) => receiverId === this.id)) throw new Error('given twice');
    if (isOnce && attempts.some(({ wasGivenBack }) => !wasGivenBack)) {
      throw new Error('given again though it may have arrived');
    }
    if (sender.endpoint.kind === 'peer' && this.endpoint.kind === 'peer') {
      throw new Error('from peer to peer');
    }
    const attempt = { receiverId: this.id, wasGivenBack: false };
    attempts.push(attempt);
    this.given.push({ seqKey, peerSeq, attempt });
    return true;
  }

  #end(asking: ChannelFrame): void {
    const asked = this.#requests.get(asking);
    if (asked?.sender !== this) throw new Error('an outcome for somebody else');
    if (asked.hasEnded) throw new Error('a second outcome');
    asked.hasEnded = true;
  }
}
