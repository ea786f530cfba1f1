import type { RawClient } from '../raw/raw-client.ts';
import { Channel, decodeBody } from '../wire/channel-frame.ts';
import { ChallengeSigner } from './signer.ts';

/** Whoever wants the messages of a private topic, with or without a right to them. */
export class RawListener {
  readonly name: string;
  readonly client: RawClient;
  readonly signer: ChallengeSigner = new ChallengeSigner();
  readonly #requests: string[] = [];
  /** Challenges that came, by route. */
  readonly challenges: string[] = [];

  constructor(name: string, client: RawClient) {
    this.name = name;
    this.client = client;
  }

  /** Replaces all topics by one 0x32; challenges on the given route are signed. */
  async subscribe(topics: readonly string[], route?: string): Promise<void> {
    for (const topic of topics) {
      if (topic === route) continue;
      this.client.answer(topic, (content) => {
        this.#requests.push(content.toString());
        return this.name;
      });
    }
    if (route !== undefined) {
      this.client.answer(route, (content) => {
        this.challenges.push(route);
        return this.signer.sign(content);
      });
    }
    await this.client.subscribe(topics);
  }

  /** Whether a request with this content has come. */
  wasAsked(content: string): boolean {
    return this.#requests.includes(content);
  }

  /** Whether a multicast with this content has come. */
  hasHeard(content: string): boolean {
    return this.client.inbox.items.some(
      ({ data, type }) =>
        type === Channel.multicast && decodeBody(data).content.toString() === content,
    );
  }

  /** Waits for a multicast with this content. */
  async hears(content: string): Promise<void> {
    await this.client.inbox.take(
      ({ data, type }) =>
        type === Channel.multicast && decodeBody(data).content.toString() === content,
      `${this.name} hears ${content}`,
    );
  }
}
