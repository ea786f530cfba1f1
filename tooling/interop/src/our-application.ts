import { type AmopClient, ClientError, connect } from '@amop/client';
import { encodeFileMessage, parseFileMessage } from '@amop/codec';
import {
  type Answer,
  type Answering,
  type Application,
  type RequestOptions,
  reversed,
} from './application.ts';
import { Inboxes } from './inboxes.ts';

/** An application on `@amop/client`. */
export class OurApplication implements Application {
  readonly name = 'ours';
  /** For what only this client can do. */
  readonly client: AmopClient;
  readonly #inboxes = new Inboxes();

  private constructor(client: AmopClient) {
    this.client = client;
  }

  /** Connects to channel ports of 127.0.0.1 with the files of an `sdk` folder. */
  static async start(ports: readonly number[], sdkFolder: string): Promise<OurApplication> {
    const nodes = ports.map((port) => `127.0.0.1:${port}`);
    return new OurApplication(await connect({ nodes, tls: { directory: sdkFolder } }));
  }

  async subscribe(topic: string, answering: Answering = 'reverse'): Promise<void> {
    await this.client.subscribe(topic, ({ body, kind }) => {
      const file = parseFileMessage(body);
      this.#inboxes.add(topic, {
        kind: kind === 'request' ? 'unicast' : 'multicast',
        content: file?.bytes ?? body,
        ...(file !== undefined && { file: file.name }),
      });
      if (answering === 'throw') throw new Error('told to throw');
      return reversed(body);
    });
  }

  async unsubscribe(topic: string): Promise<void> {
    await this.client.unsubscribe(topic);
  }

  async request(topic: string, content: Uint8Array, options: RequestOptions = {}): Promise<Answer> {
    const { file, timeoutMs } = options;
    const body = file === undefined ? content : encodeFileMessage({ name: file, bytes: content });
    try {
      const reply = await this.client.request(topic, body, timeoutMs ? { timeoutMs } : {});
      return { code: 0, content: reply.body };
    } catch (error) {
      const code = error instanceof ClientError ? error.details.resultCode : undefined;
      if (code === undefined) throw error;
      return { code };
    }
  }

  async multicast(topic: string, content: Uint8Array): Promise<void> {
    await this.client.publish(topic, content);
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
}
