import { readFileSync } from 'node:fs';

interface PartyVector {
  readonly privateKey: string;
  readonly publicKey: string;
  readonly ephemeralPrivate: string;
  readonly ephemeralPublic: string;
  readonly nonce: string;
}

interface SealedVector {
  readonly counter: number;
  /** Type of a message, status of an answer. */
  readonly first: number;
  readonly body: string;
  readonly content: string;
}

/** What bound-proof.py has written; all bytes as hex digits. */
export interface BoundVectors {
  readonly name: string;
  readonly topic: string;
  readonly routeId: string;
  readonly route: string;
  readonly publisherNode: string;
  readonly routeNode: string;
  readonly issuedMs: number;
  readonly expiresMs: number;
  readonly publisher: PartyVector;
  readonly subscriber: PartyVector;
  readonly offer: { readonly digest: string; readonly content: string };
  readonly proof: { readonly digest: string; readonly content: string };
  readonly keys: {
    readonly shared: string;
    readonly mac: string;
    readonly p2s: string;
    readonly s2p: string;
    readonly keyId: string;
  };
  readonly toSubscriber: readonly SealedVector[];
  readonly toPublisher: readonly SealedVector[];
  readonly epoch: {
    readonly id: string;
    readonly key: string;
    readonly expiresMs: number;
    readonly handOver: string;
    readonly multicasts: readonly {
      readonly counter: number;
      readonly body: string;
      readonly content: string;
    }[];
  };
  readonly refusals: readonly string[];
}

/** The vectors, made by another implementation: see their `source`. */
export function loadBoundVectors(): BoundVectors {
  const url = new URL('../vectors/bound-proof.json', import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as BoundVectors; // test data of known shape
}

/** The bytes of hex digits. */
export function bytesOf(digits: string): Uint8Array {
  return Uint8Array.from(Buffer.from(digits, 'hex'));
}
