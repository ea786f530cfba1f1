import {
  fileInboxTopic,
  parseTransferOffer,
  type TransferOffer,
  type TransferReply,
  type TransferRequest,
} from '@amop/codec';
import { Requester } from '../../src/file/seal/requester.ts';
import { TransferKeys } from '../../src/file/seal/transfer-keys.ts';
import type { TransferCalls } from '../../src/file/transfer-ports.ts';
import { bytesOfHex } from '../../src/hex.ts';
import type { TransferScene } from './transfer-scene.ts';

/** A receiver without manners: it asks what it is told to. */
export class RawReceiver {
  readonly offer: TransferOffer;
  readonly #requester: Requester;
  readonly #calls: TransferCalls;
  readonly id: string;

  constructor(offer: TransferOffer, scene: TransferScene, id = 'cc'.repeat(16)) {
    this.offer = offer;
    this.id = id;
    this.#calls = scene.post.calls();
    const keys = new TransferKeys(offer.secret, bytesOfHex(offer.transfer));
    this.#requester = new Requester(keys, { random: scene.random });
  }

  /** The next offer on the topic, answered with `answer`. */
  static async next(scene: TransferScene, id?: string): Promise<RawReceiver> {
    const offer = await new Promise<TransferOffer>((resolve) => {
      scene.post.subscribe('t', (message) => {
        const found = parseTransferOffer(message.body);
        if (found !== undefined) resolve(found);
        return 'thank you';
      });
    });
    return new RawReceiver(offer, scene, id);
  }

  async ask(request: TransferRequest): Promise<TransferReply | undefined> {
    const sealed = this.#requester.seal(request);
    const topic = fileInboxTopic(this.offer.transfer);
    const reply = await this.#calls.request(topic, sealed.content, 5_000);
    return this.#requester.open(sealed, reply.body);
  }

  join(attempt = 1): Promise<TransferReply | undefined> {
    return this.ask({ kind: 'join', receiver: this.id, attempt, have: 0 });
  }

  pull(index: number, isCheck = false, attempt = 1): Promise<TransferReply | undefined> {
    return this.ask({ kind: 'pull', receiver: this.id, attempt, have: 0, index, isCheck });
  }

  report(end: 1 | 2 | 3, reason = '', attempt = 1): Promise<TransferReply | undefined> {
    return this.ask({ kind: 'report', receiver: this.id, attempt, end, reason });
  }
}
