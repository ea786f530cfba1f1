import type { Message, Subscription } from '@amop/client';
import { DaemonError } from '../errors.ts';
import { messageForPeople, messageJson, type ShownMessage } from '../output/message-text.ts';
import type { Terminal } from '../terminal.ts';

/** When to stop receiving; without any of them only a signal does. */
export interface ReceiveOptions {
  readonly json?: boolean;
  readonly count?: number;
  /** Milliseconds. */
  readonly timeout?: number;
}

/** What a command does with one message: its outcome, or `undefined` to leave the message out. */
export type Receiver = (message: Message) => ShownMessage['outcome'] | 'shown' | undefined;

/**
 * Subscribes, shows every message that `receiver` does not leave out, and returns when `count` of them came,
 * `timeout` is over or the terminal stops.
 *
 * @throws DaemonError `AMOP_DAEMON_INCOMPLETE` when the time is over before `count`; ClientError
 */
export async function receiveMessages(
  subscribe: () => Promise<Subscription>,
  options: ReceiveOptions,
  terminal: Terminal,
  receiver: Receiver,
  onSubscribed: () => void,
): Promise<void> {
  const subscription = await subscribe();
  onSubscribed();
  const timeout = options.timeout === undefined ? undefined : AbortSignal.timeout(options.timeout);
  const end = AbortSignal.any(timeout === undefined ? [terminal.stop] : [terminal.stop, timeout]);
  const unsubscribe = (): void => {
    // Ends the iteration below; that the link is gone by then changes nothing.
    subscription.unsubscribe().catch(() => undefined);
  };
  if (end.aborted) unsubscribe();
  end.addEventListener('abort', unsubscribe, { once: true });

  let received = 0;
  for await (const message of subscription) {
    const receivedAt = new Date();
    const outcome = receiver(message);
    if (outcome === undefined) continue;
    received += 1;
    const shown: ShownMessage = {
      number: received,
      topic: message.topic,
      kind: message.kind,
      seq: message.seq,
      body: message.body,
      receivedAt,
      ...(message.sender !== undefined && { sender: message.sender }),
      ...(outcome === 'shown' ? {} : { outcome }),
    };
    const text = options.json === true ? messageJson(shown) : messageForPeople(shown);
    if (!terminal.out(text)) await terminal.flush();
    if (received === options.count) return;
  }
  if (options.count !== undefined && timeout?.aborted === true) {
    throw new DaemonError(
      'AMOP_DAEMON_INCOMPLETE',
      `${received} of ${options.count} messages came in ${options.timeout} ms`,
      { expected: options.count, received },
    );
  }
}
