import { closedError } from '../closed-error.ts';
import type { MessageHandler } from '../inbound/subscriber.ts';
import type { FileSource, SendFileOptions, SentFile } from './file-types.ts';
import { FileReceiver } from './receive/file-receiver.ts';
import type { ReceiveSettings } from './receive/receive-options.ts';
import { FileSender } from './send/file-sender.ts';
import type { SendPlace } from './send/send-place.ts';
import type { TransferDependencies } from './transfer-ports.ts';

/** What is to be received, and where. */
export interface ReceivePlace {
  readonly topic: string;
  readonly isPrivate: boolean;
  /** @returns what ends it; never rejects */
  subscribe(handler: MessageHandler): Promise<() => Promise<void>>;
}

/** Every file that a client sends or receives; all of them end with it. */
export class FileTransfers {
  readonly #deps: TransferDependencies;
  readonly #sender: FileSender;
  readonly #sending = new Set<Promise<unknown>>();
  readonly #receivers = new Set<FileReceiver>();
  readonly #closing = new AbortController();

  constructor(dependencies: TransferDependencies) {
    this.#deps = dependencies;
    this.#sender = new FileSender(dependencies);
  }

  /** Sends one file on an ordinary topic; errors as `AmopClient.sendFile`. */
  sendOnTopic(topic: string, source: FileSource, options?: SendFileOptions): Promise<SentFile> {
    const { calls } = this.#deps;
    const place: SendPlace = {
      topic,
      gate: undefined,
      request: (body, timeoutMs, signal) => calls.request(topic, body, timeoutMs, signal),
      publish: (body, timeoutMs, signal) => calls.publish(topic, body, timeoutMs, signal),
    };
    return this.send(place, source, options);
  }

  /** Sends one file; errors as `AmopClient.sendFile`. */
  async send(place: SendPlace, source: FileSource, options?: SendFileOptions): Promise<SentFile> {
    const sending = this.#sender.send(place, source, options, this.#closing.signal);
    const settled = sending.then(
      () => undefined,
      () => undefined,
    );
    this.#sending.add(settled);
    try {
      return await sending;
    } finally {
      this.#sending.delete(settled);
    }
  }

  /** Begins to receive; errors as `AmopClient.receiveFiles`. */
  async receive(place: ReceivePlace, settings: ReceiveSettings): Promise<FileReceiver> {
    const { topic, isPrivate } = place;
    const receiver = await FileReceiver.open(
      { topic, isPrivate, settings, onClosed: (closed) => this.#receivers.delete(closed) },
      (handler) => place.subscribe(handler),
      this.#deps,
    );
    this.#receivers.add(receiver);
    if (this.#closing.signal.aborted) await receiver.close();
    return receiver;
  }

  /** Ends all; what is on disk stays, to go on with. */
  async close(): Promise<void> {
    this.#closing.abort(closedError());
    await Promise.all([...this.#sending, ...[...this.#receivers].map((each) => each.close())]);
  }
}
