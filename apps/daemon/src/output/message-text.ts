import { bodyJson, jsonLine } from './body-json.ts';
import { bodyForPeople, formatBytes, formatTime, printableLine } from './text.ts';

/** What is shown of a message that came in. */
export interface ShownMessage {
  /** Counts from 1. */
  readonly number: number;
  readonly topic: string;
  readonly kind: 'request' | 'multicast';
  readonly body: Uint8Array;
  readonly receivedAt: Date;
  /** What became of a request; `not-answered`: its connection was gone. */
  readonly outcome?: 'answered' | 'not-answered' | 'declined';
}

/** A header line, the body, an empty line. */
export function messageForPeople(message: ShownMessage): string {
  const { number, topic, kind, body, receivedAt, outcome } = message;
  const head = `[#${number}] ${formatTime(receivedAt)} ${kind} on ${printableLine(topic)}`;
  const facts = [formatBytes(body.byteLength), ...(outcome === undefined ? [] : [outcome])];
  return `${head} (${facts.join(', ')})\n${bodyForPeople(body)}\n\n`;
}

/** One JSON object: `topic`, `kind`, `time` (ISO 8601, UTC), `bytes`, `encoding`, `body`, and `outcome` of a request. */
export function messageJson(message: ShownMessage): string {
  const { topic, kind, body, receivedAt, outcome } = message;
  return jsonLine({ topic, kind, time: receivedAt.toISOString(), ...bodyJson(body), outcome });
}
