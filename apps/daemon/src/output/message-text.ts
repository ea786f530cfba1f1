import { bodyJson, jsonLine } from './body-json.ts';
import { shortKey } from './key-text.ts';
import { bodyForPeople, formatBytes, formatTime, printableLine } from './text.ts';

/** What is shown of a message that came in. */
export interface ShownMessage {
  /** Counts from 1. */
  readonly number: number;
  readonly topic: string;
  readonly kind: 'request' | 'multicast';
  /** The 32 characters that name it on its way. */
  readonly seq: string;
  readonly body: Uint8Array;
  readonly receivedAt: Date;
  /** On a private topic: the public key that the sender has shown to hold, or that it has shown none. */
  readonly sender?: string;
  /** What became of a request; `not-answered`: its connection was gone. */
  readonly outcome?: 'answered' | 'not-answered' | 'declined';
}

/** A header line, the body, an empty line. */
export function messageForPeople(message: ShownMessage): string {
  const { number, topic, kind, body, receivedAt, outcome, sender } = message;
  const from = sender === undefined ? '' : ` from ${senderForPeople(sender)}`;
  const head = `[#${number}] ${formatTime(receivedAt)} ${kind} on ${printableLine(topic)}${from}`;
  const facts = [formatBytes(body.byteLength), ...(outcome === undefined ? [] : [outcome])];
  return `${head} (${facts.join(', ')})\n${bodyForPeople(body)}\n\n`;
}

/** Who has sent something on a private topic, for people. */
export function senderForPeople(sender: string): string {
  return sender === 'unverified'
    ? 'an unverified publisher, readable on the way'
    : shortKey(sender);
}

/**
 * One JSON object: `topic`, `kind`, `seq`, `time` (ISO 8601, UTC), `bytes`, `encoding`, `body`, `outcome` of a request, `sender` on a
 * private topic: 128 hex digits or `unverified`.
 */
export function messageJson(message: ShownMessage): string {
  const { topic, kind, seq, body, receivedAt, outcome, sender } = message;
  const time = receivedAt.toISOString();
  return jsonLine({ topic, kind, seq, time, ...bodyJson(body), outcome, sender });
}
