import type { PeerEndpoint, SessionEndpoint } from './pending.ts';

/** Above this many sessions a topic keeps a map of positions, so that leaving it stays O(1). */
const LINEAR_SEARCH_MAX = 16;

/** Of all topics without receivers of a kind; never written to. */
const NOBODY: readonly never[] = [];

/**
 * The receivers of one topic: local sessions, and peers with a weight each.
 *
 * Adding, removing and drawing one session are O(1); peers are few, walking them is O(peers).
 *
 * There may be a million of these, nearly all with one receiver: an array is made for the first one,
 * with room for one, where `push` on an empty array makes room for 17.
 */
export class TopicRoutes {
  #sessions: SessionEndpoint[] | undefined;
  #peers: PeerEndpoint[] | undefined;
  #weights: number[] | undefined;
  #peerWeight = 0;
  #positions: Map<number, number> | undefined;

  get sessions(): readonly SessionEndpoint[] {
    return this.#sessions ?? NOBODY;
  }

  get peers(): readonly PeerEndpoint[] {
    return this.#peers ?? NOBODY;
  }

  /** Subscribers that can be drawn: every local session counts 1, a peer as many as it told. */
  get weight(): number {
    return this.sessions.length + this.#peerWeight;
  }

  get isEmpty(): boolean {
    return this.sessions.length === 0 && this.peers.length === 0;
  }

  addSession(session: SessionEndpoint): void {
    if (this.positionOf(session.id) >= 0) return;
    if (this.#sessions === undefined) this.#sessions = [session];
    else this.#sessions.push(session);
    if (this.#positions !== undefined) {
      this.#positions.set(session.id, this.sessions.length - 1);
    } else if (this.sessions.length > LINEAR_SEARCH_MAX) {
      this.#positions = new Map(this.sessions.map((each, index) => [each.id, index]));
    }
  }

  removeSession(session: SessionEndpoint): void {
    const index = this.positionOf(session.id);
    if (index < 0 || this.#sessions === undefined) return;
    const last = this.#sessions.pop();
    if (last !== undefined && last !== session) {
      this.#sessions[index] = last;
      this.#positions?.set(last.id, index);
    }
    this.#positions?.delete(session.id);
  }

  /** Sets how many subscribers `peer` stands for; 0 removes it. */
  setPeer(peer: PeerEndpoint, weight: number): void {
    const index = this.peers.indexOf(peer);
    if (index >= 0) this.#changePeer(index, weight);
    else if (weight > 0) this.#addPeer(peer, weight);
  }

  /** Index of a session in `sessions`, -1 when it does not subscribe the topic. */
  positionOf(sessionId: number): number {
    if (this.#positions !== undefined) return this.#positions.get(sessionId) ?? -1;
    return this.sessions.findIndex((session) => session.id === sessionId);
  }

  /** Weight of `peers[index]`, 0 beyond the end. */
  weightAt(index: number): number {
    return this.#weights?.[index] ?? 0;
  }

  #addPeer(peer: PeerEndpoint, weight: number): void {
    this.#peerWeight += weight;
    if (this.#peers === undefined || this.#weights === undefined) {
      this.#peers = [peer];
      this.#weights = [weight];
    } else {
      this.#peers.push(peer);
      this.#weights.push(weight);
    }
  }

  #changePeer(index: number, weight: number): void {
    if (this.#peers === undefined || this.#weights === undefined) return;
    this.#peerWeight += weight - this.weightAt(index);
    if (weight > 0) {
      this.#weights[index] = weight;
    } else {
      this.#peers.splice(index, 1);
      this.#weights.splice(index, 1);
    }
  }
}
