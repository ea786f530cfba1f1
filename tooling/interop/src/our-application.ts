import { readFileSync } from 'node:fs';
import {
  type AmopClient,
  ClientError,
  connect,
  type Message,
  type PrivateTopic,
} from '@amop/client';
import { encodeFileMessage, parseFileMessage, ResultCode } from '@amop/codec';
import { generateKeyPair, parsePrivateKey, parsePublicKey } from '@amop/crypto';
import {
  type Answer,
  type Answering,
  type Application,
  type MessageOptions,
  type RequestOptions,
  reversed,
  type TopicKey,
} from './application.ts';
import { Inboxes } from './inboxes.ts';

/** An application on `@amop/client`. */
export class OurApplication implements Application {
  readonly name = 'ours';
  /** For what only this client can do. */
  readonly client: AmopClient;
  readonly #inboxes = new Inboxes();
  readonly #private: Map<string, PrivateTopic> = new Map();

  private constructor(client: AmopClient) {
    this.client = client;
  }

  /** Connects to channel ports of 127.0.0.1 with the files of an `sdk` folder. */
  static async start(ports: readonly number[], sdkFolder: string): Promise<OurApplication> {
    const nodes = ports.map((port) => `127.0.0.1:${port}`);
    return new OurApplication(await connect({ nodes, tls: { directory: sdkFolder } }));
  }

  async subscribe(topic: string, answering: Answering = 'reverse'): Promise<void> {
    await this.client.subscribe(topic, this.#handler(topic, answering));
  }

  async subscribePrivate(
    topic: string,
    key: TopicKey,
    answering: Answering = 'reverse',
  ): Promise<void> {
    const privateKey = parsePrivateKey(readFileSync(key.privateFile, 'utf8'));
    await this.client.subscribePrivate(topic, { privateKey }, this.#handler(topic, answering));
  }

  async publishPrivate(topic: string, keys: readonly TopicKey[]): Promise<void> {
    const publicKeys = keys.map(({ hex }) => parsePublicKey(hex));
    const { privateKey } = generateKeyPair('secp256k1');
    // Original subscribers can show no bound proof, ours can.
    const options = { privateKey, publicKeys, proof: 'either' } as const;
    this.#private.set(topic, await this.client.privateTopic(topic, options));
  }

  async unsubscribe(topic: string): Promise<void> {
    await this.client.unsubscribe(topic);
  }

  async request(topic: string, content: Uint8Array, options: RequestOptions = {}): Promise<Answer> {
    const { file, isPrivate, timeoutMs } = options;
    const body = file === undefined ? content : encodeFileMessage({ name: file, bytes: content });
    try {
      const limits = timeoutMs ? { timeoutMs } : {};
      const reply = isPrivate
        ? await this.#privateTopic(topic).request(body, limits)
        : await this.client.request(topic, body, limits);
      return { code: 0, content: reply.body };
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      // Before a byte leaves: nobody has proved a key yet.
      const isNobody = error.code === 'AMOP_CLIENT_NO_SUBSCRIBER';
      const code = error.details.resultCode ?? (isNobody ? ResultCode.noSubscriber : undefined);
      if (code === undefined) throw error;
      return { code };
    }
  }

  async multicast(
    topic: string,
    content: Uint8Array,
    { isPrivate }: MessageOptions = {},
  ): Promise<void> {
    if (isPrivate) await this.#privateTopic(topic).publish(content);
    else await this.client.publish(topic, content);
  }

  inbox(topic: string): ReturnType<Inboxes['of']> {
    return this.#inboxes.of(topic);
  }

  received(topic: string, count: number): Promise<void> {
    return this.#inboxes.reaches(topic, count);
  }

  async settle(): Promise<void> {
    await Promise.all(
      this.client
        .nodes()
        .filter(({ state }) => state === 'ready')
        .map(({ endpoint }) => this.client.getNodeInfo({ node: endpoint })),
    );
  }

  async stop(): Promise<void> {
    await this.client.close();
  }

  #privateTopic(topic: string): PrivateTopic {
    const known = this.#private.get(topic);
    if (!known) throw new Error(`publishPrivate('${topic}') comes first`);
    return known;
  }

  #handler(topic: string, answering: Answering) {
    return ({ body, kind }: Message): Uint8Array => {
      const file = parseFileMessage(body);
      this.#inboxes.add(topic, {
        kind: kind === 'request' ? 'unicast' : 'multicast',
        content: file?.bytes ?? body,
        ...(file !== undefined && { file: file.name }),
      });
      if (answering === 'throw') throw new Error('told to throw');
      return reversed(body);
    };
  }
}
