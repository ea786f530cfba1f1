import type { Clock, Connection, PeerIdentity, Scheduler } from '@amop/ports';
import { MemoryConnection } from './memory-connection.ts';
import { MemoryPipe, type MemoryPipeOptions } from './memory-pipe.ts';
import type { MemoryPost } from './memory-post.ts';

/** One end of a link: who it is, where, and in which process. */
export interface MemoryEnd {
  readonly identity: PeerIdentity;
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly post: MemoryPost;
}

/** A direction of a link, by the side that writes. */
export type MemorySide = 'dialer' | 'acceptor';

/** How a link behaves. */
export interface MemoryLinkOptions extends MemoryPipeOptions {
  readonly closeTimeoutMs: number;
  /** Is told of each write, before it travels. */
  readonly onWrite?: ((side: MemorySide, bytes: Uint8Array) => void) | undefined;
}

/** Two connections that are each other's other side, and the faults a test can inject. */
export class MemoryLink {
  readonly #dialer: MemoryConnection;
  readonly #acceptor: MemoryConnection;
  readonly #there: MemoryPipe;
  readonly #back: MemoryPipe;

  constructor(dialer: MemoryEnd, acceptor: MemoryEnd, options: MemoryLinkOptions) {
    const { closeTimeoutMs, onWrite } = options;
    // Each connection carries the identity of the other side.
    this.#dialer = new MemoryConnection(acceptor.identity, acceptor, { ...dialer, closeTimeoutMs });
    this.#acceptor = new MemoryConnection(dialer.identity, dialer, { ...acceptor, closeTimeoutMs });
    const pipe = (side: MemorySide): MemoryPipe => {
      const [writer, reader] = side === 'dialer' ? [dialer, acceptor] : [acceptor, dialer];
      const [from, to] =
        side === 'dialer' ? [this.#dialer, this.#acceptor] : [this.#acceptor, this.#dialer];
      return new MemoryPipe(options, () => reader.clock.nowMs(), {
        toWriter: writer.post,
        toReader: reader.post,
        onFlushed: () => from.handleFlushed(),
        isReading: () => to.isReading(),
        onChunk: (chunk) => to.handleChunk(chunk),
        onEnd: () => to.handleRemoteEnd(),
        ...(onWrite && { onWrite: (bytes: Uint8Array) => onWrite(side, bytes) }),
      });
    };
    this.#there = pipe('dialer');
    this.#back = pipe('acceptor');
    this.#dialer.join(this.#there, this.#back, this.#acceptor);
    this.#acceptor.join(this.#back, this.#there, this.#dialer);
  }

  /** The end of the side that dialled. */
  get dialer(): Connection {
    return this.#dialer;
  }

  /** The end of the side that listened. */
  get acceptor(): Connection {
    return this.#acceptor;
  }

  /** Whether one end is not over. */
  isOpenAt(side: MemorySide): boolean {
    return !(side === 'dialer' ? this.#dialer : this.#acceptor).isOver;
  }

  /** Breaks the link: both ends close with `AMOP_PORTS_CONNECTION_LOST`. */
  reset(): void {
    this.#dialer.breakOff('reset');
    this.#acceptor.breakOff('reset');
  }

  /** Breaks one end only, as when the other side is gone without a word. */
  resetEnd(side: MemorySide): void {
    (side === 'dialer' ? this.#dialer : this.#acceptor).breakOff('reset');
  }

  /** What `side` has sent and is still under way is lost, but for its first `bytes`. */
  cut(side: MemorySide, bytes: number): void {
    this.#pipe(side).cut(bytes);
  }

  /** Bytes that `side` has sent and the other has not got. */
  bytesUnderWay(side: MemorySide): number {
    return this.#pipe(side).windowBytes;
  }

  /** Nothing travels any more, of one side or of both, and nobody is told: a network that is cut. */
  stall(...sides: MemorySide[]): void {
    for (const side of sides.length > 0 ? sides : BOTH) this.#pipe(side).stall(true);
  }

  /** Ends a `stall`: everything goes on as if nothing had been. */
  unstall(...sides: MemorySide[]): void {
    for (const side of sides.length > 0 ? sides : BOTH) this.#pipe(side).stall(false);
  }

  /** Ends one direction and leaves the other open. */
  halfClose(side: MemorySide): void {
    if (side === 'dialer') this.#dialer.endOutgoing();
    else this.#acceptor.endOutgoing();
  }

  #pipe(side: MemorySide): MemoryPipe {
    return side === 'dialer' ? this.#there : this.#back;
  }
}

const BOTH: readonly MemorySide[] = ['dialer', 'acceptor'];
