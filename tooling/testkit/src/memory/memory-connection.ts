import {
  type Clock,
  type Connection,
  type ConnectionHandler,
  type PeerIdentity,
  PortsError,
  type Scheduler,
  type TimerHandle,
} from '@amop/ports';
import type { MemoryPipe } from './memory-pipe.ts';

/** What a connection of a memory link works with. */
export interface MemoryConnectionDependencies {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly closeTimeoutMs: number;
}

/** One end of a memory link. Behaves as the TLS one; `destroy` is a reset for the other end. */
export class MemoryConnection implements Connection {
  readonly identity: PeerIdentity;
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly #dependencies: MemoryConnectionDependencies;
  #outgoing: MemoryPipe | undefined;
  #incoming: MemoryPipe | undefined;
  #other: MemoryConnection | undefined;
  #handler: ConnectionHandler | undefined;
  #state: 'open' | 'ending' | 'over' = 'open';
  #paused = false;
  #closedHere = false;
  #remoteEnded = false;
  #closeTimer: TimerHandle | undefined;
  #outcome: { readonly error: PortsError | undefined } | undefined;

  constructor(
    identity: PeerIdentity,
    remote: { readonly host: string; readonly port: number },
    dependencies: MemoryConnectionDependencies,
  ) {
    this.identity = identity;
    this.remoteHost = remote.host;
    this.remotePort = remote.port;
    this.#dependencies = dependencies;
  }

  /** Joins this end to the link. Once, before anything else. */
  join(outgoing: MemoryPipe, incoming: MemoryPipe, other: MemoryConnection): void {
    this.#outgoing = outgoing;
    this.#incoming = incoming;
    this.#other = other;
  }

  /** Whether it has ended, though its handler may not have been told yet. */
  get isOver(): boolean {
    return this.#state === 'over';
  }

  get backlogBytes(): number {
    return this.#state === 'over' ? 0 : (this.#outgoing?.backlogBytes ?? 0);
  }

  attach(handler: ConnectionHandler): void {
    const outcome = this.#outcome;
    if (outcome !== undefined) {
      this.#dependencies.scheduler.endOfTurn(() => handler.onClose(outcome.error));
      return;
    }
    this.#handler = handler;
    this.#incoming?.wake();
  }

  write(bytes: Uint8Array): void {
    if (this.#state === 'open' && bytes.length > 0) this.#outgoing?.write(bytes);
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#incoming?.wake();
  }

  close(): void {
    if (this.#closedHere || this.#state === 'over') return;
    this.#closedHere = true;
    this.#beginEnding();
    this.#incoming?.wake();
  }

  destroy(): void {
    if (this.#state === 'over') return;
    const isFlushed = this.#outgoing?.isEndFlushed === true;
    this.#finish(undefined);
    this.#incoming?.break();
    if (isFlushed) return;
    this.#outgoing?.break();
    this.#other?.breakOff('reset');
  }

  /** The link broke, or the other end was destroyed. */
  breakOff(reason: string): void {
    if (this.#state === 'over') return;
    this.#incoming?.break();
    this.#outgoing?.break();
    const { remoteHost: host, remotePort: port } = this;
    this.#finish(
      new PortsError(
        'AMOP_PORTS_CONNECTION_LOST',
        `The connection with ${host}:${port} broke: ${reason}.`,
        { host, port, reason, retryable: true },
      ),
    );
  }

  /** Ends the outgoing direction only, as no method of a connection does: a half-open peer. */
  endOutgoing(): void {
    this.#outgoing?.end();
  }

  /** Whether bytes may be delivered now: to a handler, or after `close` to nobody. */
  isReading(): boolean {
    if (this.#closedHere) return true;
    return this.#handler !== undefined && !this.#paused && this.#state !== 'over';
  }

  handleChunk(chunk: Uint8Array): void {
    if (!this.#closedHere && this.#state !== 'over') this.#handler?.onData(chunk);
  }

  handleFlushed(): void {
    if (this.#state === 'open') this.#handler?.onDrain();
    else this.#finishIfDone();
  }

  handleRemoteEnd(): void {
    this.#remoteEnded = true;
    this.#beginEnding();
    this.#finishIfDone();
  }

  #beginEnding(): void {
    if (this.#state !== 'open') return;
    this.#state = 'ending';
    this.#outgoing?.end();
    const { clock, closeTimeoutMs } = this.#dependencies;
    this.#closeTimer = clock.setTimer(() => this.#endByForce(), closeTimeoutMs);
  }

  #endByForce(): void {
    if (this.#outgoing?.isEndFlushed === true) this.destroy();
    else {
      this.#other?.breakOff('reset');
      this.breakOff('close-timeout');
    }
  }

  #finishIfDone(): void {
    if (this.#remoteEnded && this.#outgoing?.isEndFlushed === true) this.#finish(undefined);
  }

  #finish(error: PortsError | undefined): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    const { clock, scheduler } = this.#dependencies;
    if (this.#closeTimer !== undefined) clock.clearTimer(this.#closeTimer);
    scheduler.endOfTurn(() => {
      this.#outcome = { error };
      this.#handler?.onClose(error);
    });
  }
}
