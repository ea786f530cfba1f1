import type { TLSSocket } from 'node:tls';
import type { Clock, TimerHandle } from '../clock.ts';
import type { PortsError } from '../errors.ts';
import type { Connection, ConnectionHandler, PeerIdentity } from '../transport.ts';
import {
  alertOf,
  connectionLost,
  reasonOf,
  refusedByPeer,
  refusesCertificate,
} from './tls-errors.ts';

/** Facts about a connection that stay. */
export interface TlsConnectionOptions {
  readonly identity: PeerIdentity;
  readonly remoteHost: string;
  readonly remotePort: number;
  /** After `close`, and after the other side has ended, the socket is destroyed by then. */
  readonly closeTimeoutMs: number;
}

/** What a connection works with. */
export interface TlsConnectionDependencies {
  readonly clock: Clock;
  /** Says why a peer ended that never sent a byte; `undefined` for an orderly end. */
  readonly explainSilentEnd: () => PortsError | undefined;
}

/**
 * An authenticated TLS socket as a {@link Connection}.
 *
 * Node joins writes that wait for an earlier one into one TLS record, and completes a TLS write no
 * sooner than the next turn: `backlogBytes` never falls to 0 inside `write`.
 */
export class TlsConnection implements Connection {
  readonly identity: PeerIdentity;
  readonly remoteHost: string;
  readonly remotePort: number;
  readonly #socket: TLSSocket;
  readonly #clock: Clock;
  readonly #closeTimeoutMs: number;
  readonly #explainSilentEnd: () => PortsError | undefined;
  readonly #onFlushed: (error?: Error | null) => void;

  #handler: ConnectionHandler | undefined;
  /** `ending`: one side has ended, the flush and the other side's end are awaited. */
  #state: 'open' | 'ending' | 'over' = 'open';
  #closedHere = false;
  #destroyedHere = false;
  #received = false;
  #paused = false;
  /** Something was written since the last `onDrain`. */
  #drainDue = false;
  /** All that was written has been flushed since one of the sides ended. */
  #flushed = false;
  #failure: Error | undefined;
  #outcome: { readonly error: PortsError | undefined } | undefined;
  #closeTimer: TimerHandle | undefined;

  constructor(
    socket: TLSSocket,
    options: TlsConnectionOptions,
    dependencies: TlsConnectionDependencies,
  ) {
    this.#socket = socket;
    this.identity = options.identity;
    this.remoteHost = options.remoteHost;
    this.remotePort = options.remotePort;
    this.#closeTimeoutMs = options.closeTimeoutMs;
    this.#clock = dependencies.clock;
    this.#explainSilentEnd = dependencies.explainSilentEnd;
    this.#onFlushed = (error) => {
      // A write that is under way when the socket is destroyed is called back without error.
      if (error == null && !socket.destroyed && socket.writableLength === 0) this.#handleFlushed();
    };
    socket.on('error', (error) => {
      this.#failure ??= error;
      // Node does not do it itself when the TLS layer fails on an open socket (seen on 20).
      socket.destroy();
    });
    socket.once('end', () => this.#beginEnding());
    socket.once('close', () => this.#handleClose());
  }

  get backlogBytes(): number {
    return this.#state === 'over' ? 0 : this.#socket.writableLength;
  }

  attach(handler: ConnectionHandler): void {
    const outcome = this.#outcome;
    if (outcome !== undefined) {
      process.nextTick(() => handler.onClose(outcome.error));
      return;
    }
    const isFirst = this.#handler === undefined;
    this.#handler = handler;
    if (!isFirst) return;
    // Without a listener the socket keeps what came in, and stops reading when that is a chunk or so.
    this.#socket.on('data', (chunk: Buffer) => this.#handleData(chunk));
    if (!this.#paused) this.#socket.resume();
  }

  write(bytes: Uint8Array): void {
    if (this.#state !== 'open' || bytes.length === 0) return;
    this.#drainDue = true;
    this.#socket.write(bytes, this.#onFlushed);
  }

  pause(): void {
    if (this.#state !== 'open') return;
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (this.#state !== 'open') return;
    this.#paused = false;
    // Before the first handler, flowing would throw bytes away.
    if (this.#handler !== undefined) this.#socket.resume();
  }

  close(): void {
    if (this.#closedHere || this.#state === 'over') return;
    this.#closedHere = true;
    this.#beginEnding();
    // What still comes in is read and thrown away, or the end of the other side would never be seen.
    this.#socket.resume();
  }

  destroy(): void {
    if (this.#state === 'over') return;
    this.#destroyedHere = true;
    this.#state = 'over';
    this.#socket.destroy();
  }

  #handleData(chunk: Buffer): void {
    this.#received = true;
    if (this.#closedHere || this.#destroyedHere) return;
    this.#handler?.onData(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  }

  #handleFlushed(): void {
    if (this.#state === 'ending') this.#flushed = true;
    if (this.#state !== 'open' || !this.#drainDue) return;
    this.#drainDue = false;
    this.#handler?.onDrain();
  }

  #beginEnding(): void {
    if (this.#state !== 'open') return;
    this.#state = 'ending';
    this.#flushed = this.#socket.writableLength === 0;
    this.#socket.end();
    this.#closeTimer = this.#clock.setTimer(() => this.#socket.destroy(), this.#closeTimeoutMs);
  }

  #handleClose(): void {
    if (this.#closeTimer !== undefined) this.#clock.clearTimer(this.#closeTimer);
    this.#outcome = { error: this.#explainEnd() };
    this.#state = 'over';
    this.#handler?.onClose(this.#outcome.error);
  }

  #explainEnd(): PortsError | undefined {
    if (this.#destroyedHere) return undefined;
    const endpoint = { host: this.remoteHost, port: this.remotePort };
    if (!this.#closedHere && !this.#received) {
      const alert = alertOf(this.#failure);
      if (alert !== undefined && refusesCertificate(alert)) {
        return refusedByPeer(endpoint, alert, this.#failure);
      }
      const explained = this.#explainSilentEnd();
      if (explained !== undefined) return explained;
    }
    if (this.#state === 'ending' && this.#flushed) return undefined;
    if (this.#failure !== undefined) {
      return connectionLost(endpoint, reasonOf(this.#failure), this.#failure);
    }
    return connectionLost(endpoint, this.#state === 'ending' ? 'close-timeout' : 'cut');
  }
}
