import { isPrivateTopic, parseTopicName, privateTopicName, readAmopBody } from '@amop/codec';
import { readAnswer, readMessageText } from '../history/message-text.ts';
import type { Stage } from '../run/stage.ts';

/** Longest wait of a slow application, in ms: beyond the 5 s after which an original node asks another one. */
const SLOW_MAX_MS = 7_000;

/** How an application without our client treats requests. */
type RawBehaviour = 'prompt' | 'slow' | 'silent';

/** Settings of a {@link RawSubscriber}. */
export interface RawSubscriberOptions {
  readonly name: string;
  readonly behaviour: RawBehaviour;
  /** What pushes to it may push again. */
  readonly repeats: boolean;
}

/** The part of an application without our client that reads bodies and writes down what came. */
export class RawSubscriber {
  readonly #options: RawSubscriberOptions;
  readonly #stage: Stage;
  #runs = 0;

  constructor(options: RawSubscriberOptions, stage: Stage) {
    this.#options = options;
    this.#stage = stage;
  }

  /**
   * Takes the data of a 0x30 or 0x35.
   *
   * @returns the run of a request, to be answered after `afterMs`; undefined: it is not answered
   */
  received(
    form: 'request' | 'multicast',
    data: Uint8Array,
    below: (limit: number) => number,
  ): { readonly run: string; readonly afterMs: number } | undefined {
    const { behaviour, name: client, repeats } = this.#options;
    const { content, topic: name } = readAmopBody(data);
    const topic = isPrivateTopic(name) ? privateTopicName(parseTopicName(name)) : name;
    const message = readMessageText(content);
    if (message === undefined) {
      const text = `${content.length} bytes on ${topic} that are no whole message`;
      this.#stage.record({ kind: 'strange', client, text });
      return undefined;
    }
    this.#runs += 1;
    const run = `${client}.${this.#runs}`;
    const isRequest = form === 'request';
    this.#stage.record({
      kind: 'received',
      client,
      message,
      topic,
      form,
      ...(isRequest && { run }),
      ...(repeats && { repeats }),
    });
    const manner = this.#stage.isCalm ? 'prompt' : behaviour;
    if (!isRequest || manner === 'silent') return undefined;
    return { run, afterMs: manner === 'slow' ? below(SLOW_MAX_MS) : 0 };
  }

  /** An answer came for a request of its own. */
  answered(message: string, data: Uint8Array): void {
    const { name: client } = this.#options;
    const content = data.length === 0 ? data : readAmopBody(data).content;
    this.#stage.record({ kind: 'success', client, message, ...readAnswer(content) });
  }
}
