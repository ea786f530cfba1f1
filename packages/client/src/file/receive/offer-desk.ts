import {
  encodeOfferAnswer,
  OfferVerdict,
  parseFileMessage,
  parseTransferOffer,
  TRANSFER_ID_BYTES,
  TransferEnd,
  type TransferOffer,
} from '@amop/codec';
import { hmacSha256 } from '@amop/crypto';
import { bytesOfHex, hexOf } from '../../hex.ts';
import type { Message } from '../../inbound/message.ts';
import { Delay } from '../../link/delay.ts';
import type { FileOffer } from '../file-types.ts';
import { diskReason, TransferReason } from '../reasons.ts';
import { TransferKeys } from '../seal/transfer-keys.ts';
import { askApplication } from './ask-application.ts';
import { ACCEPTED, type Decision, later, refused } from './decision.ts';
import type { DeskDependencies } from './desk.ts';
import { InboxCall } from './inbox-call.ts';
import { freePartName } from './place-file.ts';
import type { ReceiveSettings } from './receive-options.ts';
import { offerOfRecord, type ReceiveRecord, recordOfOffer } from './receive-record.ts';
import { Refusals } from './refusals.ts';
import { safeName } from './safe-name.ts';
import { SingleDesk } from './single-desk.ts';
import { Turns } from './turns.ts';

/** An application that takes longer is asked again with the next offer. */
const DECIDE_MS = 2_000;
/** Offers whose application has not decided. */
const MAX_DECIDING = 64;
const REFUSAL_TIMEOUT_MS = 5_000;
/** Senders that are told of a refusal at the same time; more have to ask again. */
const MAX_REFUSALS = 32;

/** Decides about the files that are offered on one topic, and begins to receive them. */
export class OfferDesk {
  readonly #topic: string;
  readonly #isPrivate: boolean;
  readonly #settings: ReceiveSettings;
  readonly #deps: DeskDependencies;
  /** What the numbers of this receiver are made of: always the same one for one transfer. */
  readonly #seed: Uint8Array;
  readonly #deciding = new Map<string, Promise<Decision>>();
  readonly #refusals: Refusals;
  readonly #turns = new Turns();
  readonly #single: SingleDesk;
  /** Refusals that are being told. */
  #telling = 0;

  constructor(
    options: {
      readonly topic: string;
      readonly isPrivate: boolean;
      readonly settings: ReceiveSettings;
      /** Of its folder, 32 bytes. */
      readonly seed: Uint8Array;
    },
    dependencies: DeskDependencies,
  ) {
    this.#topic = options.topic;
    this.#isPrivate = options.isPrivate;
    this.#settings = options.settings;
    this.#deps = dependencies;
    this.#seed = options.seed;
    this.#refusals = new Refusals(dependencies);
    const shared = { ...dependencies, refusals: this.#refusals, turns: this.#turns };
    this.#single = new SingleDesk(options, shared);
  }

  /** Takes one message of the topic; what is no file is handed back. */
  readonly handle = async (message: Message): Promise<Uint8Array | string | undefined> => {
    const { isClosed } = this.#turns;
    const offer = isClosed ? undefined : parseTransferOffer(message.body);
    if (offer !== undefined && this.#isCredible(message)) {
      const decision = await this.#decideInTime(offer, message.sender);
      if (message.kind === 'request') return this.#answer(offer, decision);
      if (decision.verdict === OfferVerdict.refused) this.#reportRefusal(offer, decision.reason);
      return undefined;
    }
    const single = offer || isClosed ? undefined : parseFileMessage(message.body);
    if (single !== undefined) return this.#single.take(single, message);
    message.decline();
    return undefined;
  };

  /** Begins nothing more; resolves when nothing is written into the folder. */
  close(): Promise<void> {
    return this.#turns.close();
  }

  /** On a private topic, the secret of an offer must have come sealed. */
  #isCredible({ sender }: Message): boolean {
    return !this.#isPrivate || (sender !== undefined && sender !== 'unverified');
  }

  #receiverOf(transfer: string): string {
    const known = this.#deps.table.record(transfer)?.receiver;
    if (known !== undefined) return known;
    const mac = hmacSha256(this.#seed, bytesOfHex(transfer));
    return hexOf(mac.subarray(0, TRANSFER_ID_BYTES));
  }

  #answer({ transfer }: TransferOffer, { reason, verdict }: Decision): Uint8Array {
    return encodeOfferAnswer({ transfer, receiver: this.#receiverOf(transfer), verdict, reason });
  }

  /** The sender of a file for all hears of a refusal on its inbox. */
  #reportRefusal({ secret, transfer }: TransferOffer, reason: string): void {
    if (this.#telling >= MAX_REFUSALS) return;
    const keys = new TransferKeys(secret.slice(), bytesOfHex(transfer));
    const inbox = new InboxCall({ transfer, keys }, this.#deps);
    const receiver = this.#receiverOf(transfer);
    const report = { kind: 'report', receiver, attempt: 0, end: TransferEnd.refused } as const;
    this.#telling++;
    void inbox.ask({ ...report, reason }, REFUSAL_TIMEOUT_MS).finally(() => this.#telling--);
  }

  async #decideInTime(offer: TransferOffer, sender: string | undefined): Promise<Decision> {
    const { transfer } = offer;
    const known = this.#deps.table.record(transfer);
    if (known !== undefined && !this.#isDoubtful(known, offer, sender)) {
      return this.#turns.run(() => this.#decideKnown(offer, sender, known));
    }
    if (this.#refusals.has(transfer, TransferReason.notWanted)) {
      return refused(TransferReason.notWanted);
    }
    let deciding = this.#deciding.get(transfer);
    if (deciding === undefined) {
      if (this.#deciding.size >= MAX_DECIDING) return later(TransferReason.busy);
      deciding = this.#decide(offer, sender).finally(() => this.#deciding.delete(transfer));
      this.#deciding.set(transfer, deciding);
    }
    const delay = new Delay(this.#deps.clock);
    const late = delay.wait(DECIDE_MS).then(() => later(TransferReason.deciding));
    const decision = await Promise.race([deciding, late]);
    delay.cancel();
    return decision;
  }

  /** Whether it is said to be something else than before, and nobody has answered for that. */
  #isDoubtful(known: ReceiveRecord, offer: TransferOffer, sender: string | undefined): boolean {
    return !isSame(known, offer, sender) && this.#deps.table.isUnproven(known.transfer);
  }

  async #decideKnown(
    offer: TransferOffer,
    sender: string | undefined,
    known: ReceiveRecord,
  ): Promise<Decision> {
    if (!isSame(known, offer, sender)) return refused(TransferReason.malformed);
    return (await this.#deps.table.wake(known.transfer)) ? ACCEPTED : later(TransferReason.busy);
  }

  async #decide(offer: TransferOffer, sender: string | undefined): Promise<Decision> {
    const { receiver, size, transfer } = offer;
    if (receiver !== undefined && receiver !== this.#receiverOf(transfer)) {
      return refused(TransferReason.taken);
    }
    const shown: FileOffer = {
      transfer,
      topic: this.#topic,
      name: safeName(offer.name),
      offeredName: offer.name,
      size,
      hash: hexOf(offer.root),
      to: offer.toAll ? 'all' : 'one',
      sender,
    };
    const { accept } = this.#settings;
    const name = await askApplication(accept, shown, this.#deps.logger);
    if (name === undefined) return this.#refusals.refuse(shown, TransferReason.notWanted);
    return this.#turns.run(() => this.#take(offer, { ...shown, name }));
  }

  /** Checks limits and begins; what is there of the same content is gone on with. */
  async #take(offer: TransferOffer, shown: FileOffer): Promise<Decision> {
    const { table } = this.#deps;
    const known = table.record(offer.transfer);
    if (known !== undefined) {
      const { sender } = shown;
      if (!this.#isDoubtful(known, offer, sender)) return this.#decideKnown(offer, sender, known);
      await this.#giveUp(known);
    }
    const place = table.isFull ? undefined : await table.takePlace();
    if (place === undefined) return later(TransferReason.busy);
    try {
      return await this.#begin(offer, shown);
    } catch (error) {
      this.#deps.logger.warn({ topic: this.#topic, error }, 'disk failed as a file was offered');
      return this.#refusals.refuse(shown, diskReason(error));
    } finally {
      place.release();
    }
  }

  async #begin(offer: TransferOffer, shown: FileOffer): Promise<Decision> {
    const { clock, files, folder, quota, table } = this.#deps;
    const { name, sender, size, transfer } = shown;
    const twin = table.idleTwin({ ...recordOfOffer(offer), sender });
    const refusal = twin === undefined ? await quota.take(size) : undefined;
    if (refusal !== undefined) return this.#refusals.refuse(shown, refusal);
    if (twin !== undefined) await table.drop(twin.transfer);
    const part = twin?.part ?? (await freePartName(folder, name, files, table.hasPart));
    const { reason: _, ...kept } = twin ?? {};
    const record: ReceiveRecord = {
      ...kept,
      ...recordOfOffer(offer),
      version: 1,
      topic: this.#topic,
      ...(sender !== undefined && { sender }),
      name: twin?.name ?? name,
      part,
      receiver: this.#receiverOf(transfer),
      // Grows also where nothing is left of an earlier time.
      attempt: Math.max(twin?.attempt ?? 0, Math.floor(clock.wallMs() / 1000)) >>> 0,
      phase: 'pulling',
      newsMs: clock.wallMs(),
    };
    if (twin === undefined) await (await files.open(folder.pathOf(part), 'create')).close();
    else {
      const leaves = folder.leavesPath(twin.transfer);
      // A process may have been killed before it began with them.
      const hasLeaves = (await files.stat(leaves)) !== undefined;
      if (hasLeaves) await files.rename(leaves, folder.leavesPath(transfer));
    }
    await folder.save(record);
    if (twin !== undefined) await folder.forget(twin.transfer);
    table.start(record);
    return ACCEPTED;
  }

  /** On a topic that everybody reads, somebody else may be first with the number of a transfer. */
  async #giveUp(record: ReceiveRecord): Promise<void> {
    const { files, folder, onEvent, table } = this.#deps;
    const { part, transfer } = record;
    await table.drop(transfer);
    try {
      await files.remove(folder.pathOf(part));
      await folder.forget(transfer);
    } catch (error) {
      this.#deps.logger.warn({ transfer, error }, 'a transfer that was made up was not removed');
    }
    onEvent({ kind: 'failed', offer: offerOfRecord(record), reason: TransferReason.malformed });
  }
}

function isSame(known: ReceiveRecord, offer: TransferOffer, sender: string | undefined): boolean {
  return (
    known.secret === hexOf(offer.secret) &&
    known.root === hexOf(offer.root) &&
    known.size === offer.size &&
    known.chunkBytes === offer.chunkBytes &&
    known.toAll === offer.toAll &&
    known.sender === sender
  );
}
