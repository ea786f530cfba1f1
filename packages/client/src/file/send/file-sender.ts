import { chunkCount, TRANSFER_ID_BYTES, TRANSFER_SECRET_BYTES } from '@amop/codec';
import { MERKLE_HASH_BYTES, MerkleTree } from '@amop/crypto';
import { ClientError } from '../../errors.ts';
import { hexOf } from '../../hex.ts';
import { abortedTransfer, isSourceChanged } from '../file-error.ts';
import type { FileSource, SendFileOptions, SendProgress, SentFile } from '../file-types.ts';
import { anyOf } from '../stop-signal.ts';
import type { TransferDependencies } from '../transfer-ports.ts';
import { FileSending, type Transfer } from './file-sending.ts';
import { hashSource } from './hash-source.ts';
import { keptReceivers } from './receiver-book.ts';
import { chunkBytesFor, parseSendOptions, type SendSettings } from './send-options.ts';
import type { SendPlace } from './send-place.ts';
import { ProgressTeller } from './send-progress.ts';
import type { SendRecord } from './send-record.ts';
import { SendStore } from './send-store.ts';
import { ServeQueue } from './serve-queue.ts';
import { sendSingle } from './single-message.ts';
import { openSource, type Source } from './source.ts';

/** Sends files, each by itself; chunks of all of them are read in turn. */
export class FileSender {
  readonly #deps: TransferDependencies;
  readonly #queue: ServeQueue;

  constructor(dependencies: TransferDependencies) {
    this.#deps = dependencies;
    const { calls, clock } = dependencies;
    this.#queue = new ServeQueue({ clock, queuedBytes: () => calls.queuedBytes() });
  }

  /**
   * Sends one file; resolves when every receiver has an outcome.
   *
   * @throws ClientError see `AmopClient.sendFile`
   */
  async send(
    place: SendPlace,
    from: FileSource,
    options: SendFileOptions | undefined,
    closing: AbortSignal,
  ): Promise<SentFile> {
    const parsed = parseSendOptions(options);
    const { signal: given = closing } = parsed;
    const signal = anyOf(given, closing);
    const settings = { ...parsed, signal };
    const progress = new ProgressTeller(settings.onProgress, this.#deps);
    let source: Source | undefined;
    let store: SendStore | undefined;
    try {
      signal.throwIfAborted();
      source = await this.#open(from, settings, progress);
      if (settings.single) return await sendSingle(place, source, settings);
      store = await this.#openStore(place, source, settings);
      const transfer = await this.#prepare(place, source, store, settings, progress);
      const sending = new FileSending(transfer, settings, {
        ...this.#deps,
        queue: this.#queue,
        progress,
        gate: place.gate,
      });
      const sent = await sending.run();
      this.#deps.counters.filesSent++;
      await this.#forget(store);
      return sent;
    } catch (error) {
      // Hashes of a file that looks the same would be taken for its hashes again.
      if (isSourceChanged(error)) await this.#forget(store);
      if (signal.aborted && !(error instanceof ClientError)) {
        throw abortedTransfer(source?.name ?? settings.name ?? 'a file', signal.reason);
      }
      throw error;
    } finally {
      await this.#quietly('close', store?.close());
      await this.#quietly('close', source?.close());
    }
  }

  /** What has become of the file is known: a disk that fails now changes nothing of it. */
  #forget(store: SendStore | undefined): Promise<void> {
    return this.#quietly('remove', store?.remove());
  }

  async #quietly(what: string, work: Promise<void> | undefined): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#deps.logger.warn({ what, error }, 'disk failed at the end of a transfer');
    }
  }

  #open(given: FileSource, settings: SendSettings, progress: ProgressTeller): Promise<Source> {
    const { files, random } = this.#deps;
    const { name, signal, stateDirectory } = settings;
    return openSource(given, name, {
      files,
      random,
      spoolDirectory: stateDirectory,
      signal,
      onSpooled: (bytes) =>
        progress.tell('spooling', () => told('spooling', name ?? '', undefined, bytes)),
    });
  }

  async #openStore(
    { gate, topic }: SendPlace,
    { place }: Source,
    { stateDirectory, to }: SendSettings,
  ): Promise<SendStore | undefined> {
    if (place === undefined) return undefined;
    const key = { path: place.path, topic, isPrivate: gate !== undefined, to };
    return SendStore.open(stateDirectory, key, this.#deps);
  }

  /** What was left of it goes on, if it is still the same file; else it begins anew. */
  async #prepare(
    { topic }: SendPlace,
    source: Source,
    store: SendStore | undefined,
    settings: SendSettings,
    progress: ProgressTeller,
  ): Promise<Transfer> {
    const { clock } = this.#deps;
    const old = settings.restart ? undefined : await store?.load();
    const known = isSame(old, source, settings) ? old : undefined;
    const chunkBytes = known?.chunkBytes ?? chunkBytesFor(source.size, settings.chunkBytes);
    const kept = known === undefined ? undefined : await store?.loadLeaves();
    const isWhole = kept?.length === chunkCount(source.size, chunkBytes) * MERKLE_HASH_BYTES;
    const isKept =
      kept !== undefined && isWhole && hexOf(new MerkleTree(kept).root) === known?.root;
    const leaves = isKept ? kept : await this.#hash(source, chunkBytes, settings, progress);
    const root = hexOf(new MerkleTree(leaves).root);
    if (known !== undefined && known.root === root) {
      const receivers = keptReceivers(known.to, known.receivers);
      const hasReceivers = receivers.length > 0;
      const joinUntilMs = hasReceivers ? known.joinUntilMs : clock.wallMs() + settings.joinMs;
      return { source, leaves, store, record: { ...known, receivers, joinUntilMs } };
    }
    const record = this.#newRecord(topic, source, { chunkBytes, root }, settings);
    await store?.create(record, leaves);
    return { source, leaves, store, record };
  }

  #hash(
    source: Source,
    chunkBytes: number,
    { signal }: SendSettings,
    progress: ProgressTeller,
  ): Promise<Uint8Array> {
    const { name, size } = source;
    return hashSource(source, {
      chunkBytes,
      signal,
      onRead: (bytes) =>
        progress.tell('hashing', () => told('hashing', name, size, bytes), bytes === size),
    });
  }

  #newRecord(
    topic: string,
    { name, place, size }: Source,
    { chunkBytes, root }: { readonly chunkBytes: number; readonly root: string },
    { joinMs, to }: SendSettings,
  ): SendRecord {
    const { clock, random } = this.#deps;
    return {
      version: 1,
      topic,
      to,
      name,
      path: place?.path ?? '',
      size,
      modifiedMs: place?.modifiedMs ?? 0,
      identity: place?.identity ?? '',
      chunkBytes,
      transfer: hexOf(random.bytes(TRANSFER_ID_BYTES)),
      secret: hexOf(random.bytes(TRANSFER_SECRET_BYTES)),
      root,
      joinUntilMs: clock.wallMs() + joinMs,
      receivers: [],
    };
  }
}

function isSame(
  old: SendRecord | undefined,
  { name, place, size }: Source,
  { chunkBytes }: SendSettings,
): boolean {
  if (old === undefined || place === undefined) return false;
  return (
    old.path === place.path &&
    old.name === name &&
    old.size === size &&
    old.modifiedMs === place.modifiedMs &&
    old.identity === place.identity &&
    (chunkBytes === undefined || chunkBytes === old.chunkBytes)
  );
}

function told(
  phase: 'spooling' | 'hashing',
  name: string,
  size: number | undefined,
  bytes: number,
): SendProgress {
  return { phase, name, size, bytes, totalBytes: size ?? 0, receivers: [] };
}
