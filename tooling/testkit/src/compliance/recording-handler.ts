import type { Connection, ConnectionHandler, PortsError } from '@amop/ports';

interface Waiter {
  readonly isDone: () => boolean;
  readonly resolve: () => void;
}

/** A handler that keeps all that happens and lets a test wait for it. */
export class RecordingHandler implements ConnectionHandler {
  readonly chunks: Uint8Array[] = [];
  readonly connection: Connection;
  /** `data`, `drain` and `close` in the order in which they came, equal neighbours once. */
  readonly events: string[] = [];
  bytes = 0;
  drains = 0;
  closes = 0;
  error: PortsError | undefined;
  /** Called for each chunk after it was kept. */
  onChunk: ((chunk: Uint8Array) => void) | undefined;
  /** Called at each drain after it was counted. */
  onFlushed: (() => void) | undefined;
  #waiters: Waiter[] = [];

  /** Attaches itself to a connection. */
  constructor(connection: Connection) {
    this.connection = connection;
    connection.attach(this);
  }

  onData(chunk: Uint8Array): void {
    this.#note('data');
    this.chunks.push(chunk);
    this.bytes += chunk.length;
    this.onChunk?.(chunk);
    this.#wake();
  }

  onDrain(): void {
    this.#note('drain');
    this.drains += 1;
    this.onFlushed?.();
    this.#wake();
  }

  onClose(error: PortsError | undefined): void {
    this.#note('close');
    this.closes += 1;
    this.error = error;
    this.#wake();
  }

  /** All bytes so far in one array. */
  get content(): Uint8Array {
    const content = new Uint8Array(this.bytes);
    let offset = 0;
    for (const chunk of this.chunks) {
      content.set(chunk, offset);
      offset += chunk.length;
    }
    return content;
  }

  /** Waits until so many bytes have come in. */
  received(bytes: number): Promise<void> {
    return this.#until(() => this.bytes >= bytes);
  }

  /** Waits until `backlogBytes` has fallen to 0 so many times. */
  drained(times = 1): Promise<void> {
    return this.#until(() => this.drains >= times);
  }

  /** Waits for the end and gives its error. */
  async closed(): Promise<PortsError | undefined> {
    await this.#until(() => this.closes > 0);
    return this.error;
  }

  #until(isDone: () => boolean): Promise<void> {
    if (isDone()) return Promise.resolve();
    return new Promise((resolve) => this.#waiters.push({ isDone, resolve }));
  }

  #note(event: string): void {
    if (this.events.at(-1) !== event || event === 'close') this.events.push(event);
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = waiters.filter(({ isDone }) => !isDone());
    for (const { isDone, resolve } of waiters) if (isDone()) resolve();
  }
}

/** Lets the event loop turn so many times: what was under way has come about then. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
