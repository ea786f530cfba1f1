import type { PeerSession } from './peer-session.ts';

/** Time in which the other side decides about a second connection before this node does, in ms. */
const GRACE_MS = 6_000;

/** What is to happen to the connections of one peer. */
export interface SlotDecision {
  /** Carries messages from now on. */
  readonly activate?: PeerSession;
  /** Is no longer needed; it is closed once the other side has had time to see the other one. */
  readonly retire?: PeerSession;
}

const NOTHING: SlotDecision = {};

/**
 * The connections to one node: one that carries messages, and for a short time a second one.
 *
 * Two nodes that dial each other at the same moment get two connections. An original keeps the one it
 * had first, and both sides may close the other's (D-28). So a second one is not closed at once: our
 * own nodes keep the one dialled by the smaller node ID, on both sides; an original decides itself,
 * and if it does not, the first connection stays if it is alive, and gives way if it is silent.
 */
export class PeerSlot {
  readonly #ownNodeId: string;
  #active: PeerSession | undefined;
  #second: PeerSession | undefined;
  #secondSinceMs = 0;

  constructor(ownNodeId: string) {
    this.#ownNodeId = ownNodeId;
  }

  get active(): PeerSession | undefined {
    return this.#active;
  }

  get isEmpty(): boolean {
    return this.#active === undefined;
  }

  /** A new connection; undefined when there is no room for it and it must be closed. */
  add(session: PeerSession, nowMs: number): SlotDecision | undefined {
    if (this.#active === undefined) {
      this.#active = session;
      return { activate: session };
    }
    if (this.#second !== undefined) return undefined;
    this.#second = session;
    this.#secondSinceMs = nowMs;
    return this.decide();
  }

  /**
   * More is known of one of the two connections. Between our own nodes the tie is broken by rule, and
   * the second one takes over only once its routes are known: nothing is lost in between.
   */
  decide(): SlotDecision {
    const active = this.#active;
    const second = this.#second;
    if (active === undefined || second === undefined) return NOTHING;
    if (!(active.extended && second.extended)) return NOTHING;
    if (active.isDialled === second.isDialled) return NOTHING;
    const keepDialled = this.#ownNodeId < active.nodeId;
    if (active.isDialled === keepDialled) return this.#keep(active);
    return second.isSynced ? this.#keep(second) : NOTHING;
  }

  /** Decides about a second connection about which nobody else has. */
  tick(nowMs: number): SlotDecision {
    const active = this.#active;
    const second = this.#second;
    if (active === undefined || second === undefined) return NOTHING;
    if (nowMs - this.#secondSinceMs < GRACE_MS) return NOTHING;
    return this.#keep(active.link.lastReadMs > this.#secondSinceMs ? active : second);
  }

  /** A connection has ended. */
  remove(session: PeerSession): SlotDecision {
    if (session === this.#second) this.#second = undefined;
    if (session !== this.#active) return NOTHING;
    this.#active = this.#second;
    this.#second = undefined;
    return this.#active === undefined ? NOTHING : { activate: this.#active };
  }

  #keep(kept: PeerSession): SlotDecision {
    const retire = kept === this.#active ? this.#second : this.#active;
    const isNew = kept !== this.#active;
    this.#active = kept;
    this.#second = undefined;
    return { ...(isNew && { activate: kept }), ...(retire && { retire }) };
  }
}
