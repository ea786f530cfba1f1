import type { MessageHandler } from '../../inbound/subscriber.ts';
import { directoryError } from '../file-error.ts';
import type { FileEvent } from '../file-types.ts';
import type { TransferDependencies } from '../transfer-ports.ts';
import { FolderQuota } from './folder-quota.ts';
import { OfferDesk } from './offer-desk.ts';
import { ReceiveFolder } from './receive-folder.ts';
import type { ReceiveSettings } from './receive-options.ts';
import { TransferTable } from './transfer-table.ts';

/** Subscribes a topic for the offers on it; resolves with what ends that, which never rejects. */
export type SubscribeOffers = (handler: MessageHandler) => Promise<() => Promise<void>>;

/** What a receiver is made of. */
interface ReceiverParts {
  readonly desk: OfferDesk;
  readonly folder: ReceiveFolder;
  readonly table: TransferTable;
}

/** Receives the files that are offered on one topic, made by `AmopClient.receiveFiles`. */
export class FileReceiver {
  readonly topic: string;
  /** Where files go, absolute. */
  readonly directory: string;
  readonly #folder: ReceiveFolder;
  readonly #desk: OfferDesk;
  readonly #table: TransferTable;
  readonly #ends: (() => Promise<void> | void)[] = [];
  readonly #onClosed: (receiver: FileReceiver) => void;
  #closing: Promise<void> | undefined;

  private constructor(
    topic: string,
    { desk, folder, table }: ReceiverParts,
    onClosed: (receiver: FileReceiver) => void,
  ) {
    this.topic = topic;
    this.directory = folder.directory;
    this.#folder = folder;
    this.#desk = desk;
    this.#table = table;
    this.#onClosed = onClosed;
  }

  /**
   * Goes on with what an earlier process has left, and takes new offers.
   *
   * @throws ClientError `AMOP_CLIENT_FILE_DIRECTORY`, and those of `subscribe`
   */
  static async open(
    options: {
      readonly topic: string;
      readonly isPrivate: boolean;
      readonly settings: ReceiveSettings;
      readonly onClosed: (receiver: FileReceiver) => void;
    },
    subscribe: SubscribeOffers,
    dependencies: TransferDependencies,
  ): Promise<FileReceiver> {
    const { settings, topic } = options;
    const { calls, logger, random } = dependencies;
    const folder = await ReceiveFolder.open(settings.directory, dependencies);
    const seed = await folder.seed(random).catch(async (cause: unknown) => {
      await folder.close();
      throw directoryError(settings.directory, cause);
    });
    const onEvent = (event: FileEvent): void => {
      try {
        settings.onEvent?.(event);
      } catch (error) {
        logger.error({ error }, 'listener of file events threw');
      }
    };
    const inFolder = { ...dependencies, folder, onEvent };
    const table = new TransferTable(settings, inFolder);
    const quota = new FolderQuota(settings, { ...inFolder, table });
    const desk = new OfferDesk({ ...options, seed }, { ...inFolder, quota, table });
    const receiver = new FileReceiver(topic, { desk, folder, table }, options.onClosed);
    try {
      const records = await folder.load().catch((cause: unknown) => {
        throw directoryError(settings.directory, cause);
      });
      // Offers may come before the subscription is confirmed: they meet what was left.
      table.restore(records.filter((record) => record.topic === topic));
      receiver.#ends.push(await subscribe(desk.handle));
      receiver.#ends.push(calls.onConnected(table.hurryAll));
      table.begin();
      return receiver;
    } catch (error) {
      await receiver.close();
      throw error;
    }
  }

  /** Takes no more offers and stops what is under way; what is there stays, for the next time. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** As `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    const unsubscribed = Promise.all(this.#ends.map((end) => end()));
    try {
      await this.#desk.close();
      await this.#table.close();
    } finally {
      await this.#folder.close();
      await unsubscribed;
      this.#onClosed(this);
    }
  }
}
