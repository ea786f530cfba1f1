import {
  type AmopClient,
  type CallOptions,
  ClientError,
  type FileSource,
  type PrivateSubscriber,
  type Reply,
  type SendFileOptions,
  type SentFile,
} from '@amop/client';
import { formatPublicKeyHex } from '@amop/crypto';
import { shortKey } from '../../output/key-text.ts';
import type { Terminal } from '../../terminal.ts';
import { say } from '../watch-links.ts';
import { proofLull } from './proof-lull.ts';
import type { SendingKeys } from './sending.ts';

/** A subscriber that is there has proved its key in a fraction of this, in ms; one that is far away too. */
const LULL_MS = 500;

/** A subscriber does not trust the key of this side. */
const NOT_TRUSTED = 'refused-publisher-not-allowed';

/** Digits of a node ID that tell it apart for people. */
const SHORT_NODE_DIGITS = 8;

/** One topic that is sent on, an ordinary or a private one. */
export interface Sender {
  request(body: Uint8Array, options: CallOptions): Promise<Reply>;
  publish(body: Uint8Array, options: CallOptions): Promise<void>;
  sendFile(source: FileSource, options: SendFileOptions): Promise<SentFile>;
  /** Who has proved an allowed key; absent for an ordinary topic. */
  subscribers?(): readonly PrivateSubscriber[];
}

/**
 * Opens a topic for sending; a private one with keys, and waits until subscribers have proved theirs. Each proof, and
 * each that failed, is told on stderr.
 *
 * @param options how long to wait; `toAll`: where no number is given, after the first proof until no further one comes
 * @throws ClientError `AMOP_CLIENT_TIMEOUT` when too few have proved a key
 */
export async function openSender(
  client: AmopClient,
  topic: string,
  keys: SendingKeys | undefined,
  options: { readonly timeoutMs: number; readonly toAll: boolean },
  terminal: Terminal,
): Promise<Sender> {
  if (keys === undefined) {
    return {
      request: (body, call) => client.request(topic, body, call),
      publish: (body, call) => client.publish(topic, body, call),
      sendFile: (source, file) => client.sendFile(topic, source, file),
    };
  }
  const failures = new Set<string>();
  client.on('proof', ({ key, node, outcome, reason }) => {
    const who = key === undefined ? 'a subscriber' : `the subscriber ${shortKey(key)}`;
    const where = `at node ${node.slice(0, SHORT_NODE_DIGITS)}`;
    const why = reason === undefined ? '' : `: ${reason}`;
    if (outcome === 'failed') failures.add(reason ?? '');
    say(terminal, `proof of ${who} ${where} ${outcome}${why}`);
  });
  const { timeoutMs, toAll } = options;
  const end = AbortSignal.any([terminal.stop, AbortSignal.timeout(timeoutMs)]);
  const privateTopic = client.privateTopic(topic, keys.topicOptions);
  const { subscribers } = keys;
  try {
    const count = subscribers ?? 1;
    await privateTopic.waitForSubscribers({ count, timeoutMs, signal: terminal.stop });
  } catch (error) {
    throw withReasons(error, failures, keys);
  }
  if (toAll && subscribers === undefined) await proofLull(client, LULL_MS, end);
  return privateTopic;
}

/** The error of the wait, with what the lines on stderr have told of by then. */
function withReasons(error: unknown, failures: ReadonlySet<string>, keys: SendingKeys): unknown {
  if (!(error instanceof ClientError) || error.code !== 'AMOP_CLIENT_TIMEOUT') return error;
  if (failures.size === 0) return error;
  const { cause, code, details, message } = error;
  const key = keys.topicOptions.privateKey?.publicKey();
  if (!failures.has(NOT_TRUSTED) || key === undefined) {
    const told = `${message}; the lines above tell who was turned away`;
    return new ClientError(code, told, details, { cause });
  }
  const refused = `${message}; a subscriber does not take your key ${formatPublicKeyHex(key)}`;
  return new ClientError(code, refused, { ...details, reason: NOT_TRUSTED }, { cause });
}
