import { type FileMessage, OfferVerdict } from '@amop/codec';
import { AnswerError } from '../../errors.ts';
import type { Message } from '../../inbound/message.ts';
import type { FileOffer } from '../file-types.ts';
import { diskReason, TransferReason } from '../reasons.ts';
import { askApplication } from './ask-application.ts';
import { ACCEPTED, type Decision } from './decision.ts';
import type { DeskDependencies } from './desk.ts';
import type { ReceiveSettings } from './receive-options.ts';
import type { Refusals } from './refusals.ts';
import { safeName } from './safe-name.ts';
import { storeSingle } from './single-file.ts';
import type { Turns } from './turns.ts';

/** What original senders get for a file in one message. */
const ANSWER = 'received';

/** Takes files that come as one message, in the form of the Java demo, by the same rules as others. */
export class SingleDesk {
  readonly #topic: string;
  readonly #settings: ReceiveSettings;
  readonly #deps: DeskDependencies & { readonly refusals: Refusals; readonly turns: Turns };

  constructor(
    options: { readonly topic: string; readonly settings: ReceiveSettings },
    dependencies: DeskDependencies & { readonly refusals: Refusals; readonly turns: Turns },
  ) {
    this.#topic = options.topic;
    this.#settings = options.settings;
    this.#deps = dependencies;
  }

  /** @throws AnswerError with the reason of a refusal, for the sender */
  async take(file: FileMessage, { kind, sender, seq }: Message): Promise<string> {
    const { logger, refusals, turns } = this.#deps;
    const shown: FileOffer = {
      transfer: seq,
      topic: this.#topic,
      name: safeName(file.name),
      offeredName: file.name,
      size: file.bytes.length,
      hash: undefined,
      to: kind === 'request' ? 'one' : 'all',
      sender,
    };
    const name = await askApplication(this.#settings.accept, shown, logger);
    const decision =
      name === undefined
        ? refusals.refuse(shown, TransferReason.notWanted)
        : await turns.run(() => this.#store(file, { ...shown, name }));
    if (decision.verdict === OfferVerdict.accepted) return ANSWER;
    throw new AnswerError(decision.reason);
  }

  async #store(file: FileMessage, offer: FileOffer): Promise<Decision> {
    const { counters, files, folder, onEvent, quota, refusals, table } = this.#deps;
    const { name, size } = offer;
    const refusal = await quota.take(size);
    if (refusal !== undefined) return refusals.refuse(offer, refusal);
    try {
      const path = await storeSingle(file, name, folder, { files, isTaken: table.hasPart });
      counters.filesReceived++;
      onEvent({ kind: 'done', offer, path });
      return ACCEPTED;
    } catch (error) {
      return refusals.refuse(offer, diskReason(error));
    }
  }
}
