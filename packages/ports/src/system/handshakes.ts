import type { Socket } from 'node:net';
import type { Clock, TimerHandle } from '../clock.ts';
import type { EndpointDetails } from '../errors.ts';

/** Why this side cut a handshake. */
export type HandshakeCut = 'handshake-timeout' | 'listener-closed' | 'gave-way';

/** Why a handshake ended without a connection. */
export type HandshakeEnd =
  /** The other side hung up. */
  | { readonly kind: 'cut' }
  /** The time was over, or the listener was closed. */
  | { readonly kind: 'ended-here'; readonly reason: HandshakeCut }
  /** The TLS layer gave up. */
  | { readonly kind: 'failed'; readonly error: unknown };

interface Handshake {
  readonly raw: Socket;
  readonly endpoint: EndpointDetails;
  timer: TimerHandle | undefined;
  end: HandshakeEnd;
}

/** What {@link Handshakes} works with. */
export interface HandshakesDependencies {
  readonly clock: Clock;
  /** Told once of each handshake that ended without a connection. */
  readonly onEnd: (endpoint: EndpointDetails, end: HandshakeEnd) => void;
}

/**
 * The TLS handshakes under way on one port, each with its deadline.
 *
 * Node's TLS server tells about TLS sockets, the deadline belongs to the raw one, and no public way
 * leads from one to the other: a TLS socket is recognised by its remote address. What the TLS layer
 * has to say may come after the raw socket has closed, so a handshake is settled at the end of that
 * turn.
 */
export class Handshakes {
  readonly #clock: Clock;
  readonly #onEnd: HandshakesDependencies['onEnd'];
  readonly #running: Map<string, Handshake> = new Map();

  constructor(dependencies: HandshakesDependencies) {
    this.#clock = dependencies.clock;
    this.#onEnd = dependencies.onEnd;
  }

  /** Number of handshakes under way. */
  get size(): number {
    return this.#running.size;
  }

  /** Takes in a connection that was accepted just now, and ends it when its time is over. */
  begin(raw: Socket, endpoint: EndpointDetails, timeoutMs: number): void {
    const handshake: Handshake = { raw, endpoint, timer: undefined, end: { kind: 'cut' } };
    handshake.timer = this.#clock.setTimer(
      () => this.#endHere(handshake, 'handshake-timeout'),
      timeoutMs,
    );
    this.#running.set(keyOf(endpoint), handshake);
    raw.once('close', () => {
      if (this.#running.get(keyOf(endpoint)) !== handshake) return;
      setImmediate(() => this.#settle(handshake));
    });
  }

  /** A handshake is done. False when it is not one of those under way. */
  complete(endpoint: EndpointDetails): boolean {
    const handshake = this.#running.get(keyOf(endpoint));
    if (handshake === undefined) return false;
    this.#forget(handshake);
    return true;
  }

  /** The TLS layer gave up on a socket; nothing is known of one that has lost its address. */
  fail(endpoint: EndpointDetails | undefined, error: unknown): void {
    const handshake = endpoint && this.#running.get(keyOf(endpoint));
    if (handshake?.end.kind === 'cut') handshake.end = { kind: 'failed', error };
  }

  /** Cuts the one that has been under way for longest. */
  endOldest(): void {
    const [oldest] = this.#running.values();
    if (oldest === undefined) return;
    this.#running.delete(keyOf(oldest.endpoint));
    if (oldest.timer !== undefined) this.#clock.clearTimer(oldest.timer);
    oldest.raw.destroy();
    this.#onEnd(oldest.endpoint, { kind: 'ended-here', reason: 'gave-way' });
  }

  /** Cuts all that are under way. */
  closeAll(): void {
    for (const handshake of this.#running.values()) this.#endHere(handshake, 'listener-closed');
  }

  #endHere(handshake: Handshake, reason: HandshakeCut): void {
    if (handshake.end.kind === 'cut') handshake.end = { kind: 'ended-here', reason };
    handshake.raw.destroy();
  }

  #settle(handshake: Handshake): void {
    this.#forget(handshake);
    this.#onEnd(handshake.endpoint, handshake.end);
  }

  #forget(handshake: Handshake): void {
    if (handshake.timer !== undefined) this.#clock.clearTimer(handshake.timer);
    this.#running.delete(keyOf(handshake.endpoint));
  }
}

function keyOf({ host, port }: EndpointDetails): string {
  return `${host} ${port}`;
}
