import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** What a relay does to the bytes that pass. */
export interface GateProxyOptions {
  /** Speed of the line in each direction, in bytes per second; unlimited by default. */
  readonly bytesPerSecond?: number;
}

/** A TCP relay in front of a port that holds connections back until it is opened. */
export class GateProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #bytesPerSecond: number;
  readonly #open = new Set<Socket>();
  readonly #held: (() => void)[] = [];
  readonly #arrivals: (() => void)[] = [];
  #accepted = 0;
  #isOpen = false;

  private constructor(server: Server, port: number, options: GateProxyOptions) {
    this.#server = server;
    this.#bytesPerSecond = options.bytesPerSecond ?? Number.POSITIVE_INFINITY;
    this.port = port;
  }

  /** Listens on a free port of 127.0.0.1 and relays to `target` there. */
  static async listen(target: number, options: GateProxyOptions = {}): Promise<GateProxy> {
    const server = createServer({ pauseOnConnect: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no TCP address');
    const proxy = new GateProxy(server, address.port, options);
    server.on('connection', (socket) => proxy.#accept(socket, target));
    return proxy;
  }

  /** Connections that have come in so far. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Connections that are open on both sides. */
  get open(): number {
    return this.#open.size;
  }

  /** Resolves when a connection is held back. */
  async holding(): Promise<void> {
    if (this.#held.length > 0) return;
    await new Promise<void>((resolve) => this.#arrivals.push(resolve));
  }

  /** Lets the held connections through, and later ones at once. */
  release(): void {
    this.#isOpen = true;
    for (const go of this.#held.splice(0)) go();
  }

  /** Breaks the connections that are open; new ones get through as before. */
  cut(): void {
    for (const socket of this.#open) socket.destroy();
  }

  /** Ends everything. */
  close(): void {
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
  }

  #accept(near: Socket, target: number): void {
    this.#accepted++;
    const go = (): void => {
      const far = connect(target, '127.0.0.1');
      this.#open.add(near);
      this.#relay(near, far);
      this.#relay(far, near);
      for (const socket of [near, far]) {
        socket.on('error', () => {
          // 'close' follows, and ends the other side.
        });
        socket.on('close', () => {
          this.#open.delete(near);
          near.destroy();
          far.destroy();
        });
      }
    };
    if (this.#isOpen) go();
    else this.#held.push(go);
    for (const tell of this.#arrivals.splice(0)) tell();
  }

  #relay(from: Socket, to: Socket): void {
    from.on('data', (chunk: Buffer) => {
      to.write(chunk);
      from.pause();
      setTimeout(() => from.resume(), (chunk.length / this.#bytesPerSecond) * 1_000);
    });
    from.resume();
  }
}
