import type { HistoryEvent, Told } from '../src/judge/index.ts';

const SENDER = 'a';
const TOPIC = 't';

/** `client` begins to want the topic, or what `kind` says. */
export function subscribe(
  client: string,
  kind: 'subscribe' | 'unsubscribe' = 'subscribe',
  topic = TOPIC,
): HistoryEvent {
  return { kind, atMs: 0, client, topic };
}

/** Application `a` asks at 0 ms. */
export function request(
  message: string,
  more: Partial<Extract<HistoryEvent, { kind: 'request' }>> = {},
): HistoryEvent {
  const at = { atMs: 0, client: SENDER, topic: TOPIC };
  return { kind: 'request', message, timeoutMs: 1_000, ...at, ...more };
}

/** Application `a` publishes at 0 ms. */
export function publish(
  message: string,
  more: Partial<Extract<HistoryEvent, { kind: 'publish' }>> = {},
): HistoryEvent {
  return { kind: 'publish', message, atMs: 0, client: SENDER, topic: TOPIC, ...more };
}

/** A call of `a` ends well. */
export function success(message: string, run?: string, { atMs = 0 } = {}): HistoryEvent {
  const at = { atMs, client: SENDER };
  return { kind: 'success', message, ...at, ...(run !== undefined && { run }) };
}

/** A call of `a` fails. */
export function failure(message: string, told: Told, { atMs = 0 } = {}): HistoryEvent {
  return { kind: 'failure', message, told, code: 'CODE', atMs, client: SENDER };
}

/** `client` gets a message: as a request where a run is named, else as a multicast. */
export function received(
  client: string,
  message: string,
  run?: string,
  topic = TOPIC,
): HistoryEvent {
  const what = { kind: 'received', message, client, topic, atMs: 0 } as const;
  return run === undefined ? { ...what, form: 'multicast' } : { ...what, form: 'request', run };
}

/** A run has given its answer. */
export function answered(client: string, run: string): HistoryEvent {
  return { kind: 'answered', atMs: 0, client, run };
}

/** `a` lets `client` receive what it sends, or no longer. */
export function allow(client: string, kind: 'allow' | 'revoke' = 'allow'): HistoryEvent {
  return { kind, atMs: 0, client: SENDER, topic: TOPIC, holders: [client] };
}
