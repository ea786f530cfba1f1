import type { Connection, ConnectionHandler, PeerIdentity } from '@amop/ports';

/** A connection whose kernel takes bytes when a test says so. */
export class FakeConnection implements Connection {
  readonly identity: PeerIdentity = {
    nodeId: undefined,
    commonName: 'fake',
    issuerCommonName: 'fake',
    issuerName: 'CN=fake',
    fingerprint256: '',
    validToMs: 0,
  };
  readonly remoteHost = '127.0.0.1';
  readonly remotePort = 1;
  /** What was written, as it was handed over: views, not copies. */
  readonly writes: Uint8Array[] = [];
  backlogBytes = 0;
  closes = 0;
  #isOver = false;

  attach(_handler: ConnectionHandler): void {}

  write(bytes: Uint8Array): void {
    if (this.#isOver || this.closes > 0) return;
    this.writes.push(bytes);
    this.backlogBytes += bytes.length;
  }

  /** All that was written is in the kernel. The caller tells the outbox. */
  takeAll(): void {
    this.backlogBytes = 0;
  }

  pause(): void {}

  resume(): void {}

  close(): void {
    this.closes += 1;
  }

  destroy(): void {
    this.#isOver = true;
    this.backlogBytes = 0;
  }
}
