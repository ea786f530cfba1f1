import type { Connection, PeerIdentity } from '@amop/ports';
import { MemoryConnection, type MemoryConnectionDependencies } from './memory-connection.ts';
import { MemoryPipe, type MemoryPipeOptions } from './memory-pipe.ts';

/** One end of a link: who it is and where. */
export interface MemoryEnd {
  readonly identity: PeerIdentity;
  readonly host: string;
  readonly port: number;
}

/** Two connections that are each other's other side, and the faults a test can inject. */
export class MemoryLink {
  readonly #dialer: MemoryConnection;
  readonly #acceptor: MemoryConnection;
  readonly #pipes: readonly MemoryPipe[];

  constructor(
    dialer: MemoryEnd,
    acceptor: MemoryEnd,
    pipeOptions: MemoryPipeOptions,
    dependencies: MemoryConnectionDependencies,
  ) {
    // Each connection carries the identity of the other side.
    this.#dialer = new MemoryConnection(acceptor.identity, acceptor, dependencies);
    this.#acceptor = new MemoryConnection(dialer.identity, dialer, dependencies);
    const pipe = (from: MemoryConnection, to: MemoryConnection) =>
      new MemoryPipe(pipeOptions, dependencies.scheduler, {
        onFlushed: () => from.handleFlushed(),
        isReading: () => to.isReading(),
        onChunk: (chunk) => to.handleChunk(chunk),
        onEnd: () => to.handleRemoteEnd(),
      });
    const there = pipe(this.#dialer, this.#acceptor);
    const back = pipe(this.#acceptor, this.#dialer);
    this.#dialer.join(there, back, this.#acceptor);
    this.#acceptor.join(back, there, this.#dialer);
    this.#pipes = [there, back];
  }

  /** The end of the side that dialled. */
  get dialer(): Connection {
    return this.#dialer;
  }

  /** The end of the side that listened. */
  get acceptor(): Connection {
    return this.#acceptor;
  }

  /** Breaks the link: both ends close with `AMOP_PORTS_CONNECTION_LOST`. */
  reset(): void {
    this.#dialer.breakOff('reset');
    this.#acceptor.breakOff('reset');
  }

  /** Nothing travels any more in either direction, and nobody is told: a network that is cut. */
  stall(): void {
    for (const pipe of this.#pipes) pipe.stall(true);
  }

  /** Ends a `stall`: everything goes on as if nothing had been. */
  unstall(): void {
    for (const pipe of this.#pipes) pipe.stall(false);
  }

  /** Ends one direction and leaves the other open. */
  halfClose(side: 'dialer' | 'acceptor'): void {
    if (side === 'dialer') this.#dialer.endOutgoing();
    else this.#acceptor.endOutgoing();
  }
}
