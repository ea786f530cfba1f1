import {
  chunkSize,
  encodeChunkHead,
  encodeTransferReply,
  parseSealedTransferRequest,
  type SealedTransferFrame,
  type TransferReply,
  type TransferRequest,
} from '@amop/codec';
import { type MerkleTree, merkleLeafHash } from '@amop/crypto';
import type { Clock } from '@amop/ports';
import type { ClientCounters } from '../../counters.ts';
import { type Message, respondSpent } from '../../inbound/message.ts';
import { isSourceChanged, sourceChanged } from '../file-error.ts';
import { TransferReason } from '../reasons.ts';
import { draftReply } from '../seal/responder.ts';
import { readChunk } from './hash-source.ts';
import type { Party, PartyTable } from './party-table.ts';
import type { ReceiverBook } from './receiver-book.ts';
import type { ServeQueue } from './serve-queue.ts';
import type { Source } from './source.ts';

/** Collaborators of {@link ChunkServer}. */
export interface ChunkServerDependencies {
  readonly source: Source;
  readonly tree: MerkleTree;
  readonly parties: PartyTable;
  readonly book: ReceiverBook;
  readonly queue: ServeQueue;
  readonly clock: Clock;
  readonly counters: ClientCounters;
  /** A receiver has come, has got on, or has ended; resolves when that is kept. */
  readonly onChange: (isLasting: boolean) => Promise<void> | undefined;
  /** The source is not what was offered, or cannot be read: for nobody it goes on. */
  readonly onSourceFailed: (error: unknown) => void;
}

/** Answers what comes in on the inbox of one transfer. */
export class ChunkServer {
  readonly #chunkBytes: number;
  readonly #deps: ChunkServerDependencies;
  #sourceError: unknown;

  constructor(options: { readonly chunkBytes: number }, dependencies: ChunkServerDependencies) {
    this.#chunkBytes = options.chunkBytes;
    this.#deps = dependencies;
  }

  /** Takes one message; whoever has not the secret of the transfer is told that nobody is there. */
  readonly handle = async (message: Message): Promise<Uint8Array | undefined> => {
    const { book, clock, counters, parties } = this.#deps;
    if (message.kind !== 'request') return undefined;
    const frame = parseSealedTransferRequest(message.body);
    const party = frame && parties.find(frame.party);
    const request = frame && party?.responder.open(frame);
    if (frame === undefined || party === undefined || request === undefined) {
      counters.fileFramesRejected++;
      message.decline();
      return undefined;
    }
    const verdict = book.take(request, party.key, clock.nowMs());
    if (verdict.kind === 'serve' && request.kind === 'pull') {
      void this.#deps.onChange(false);
      return this.#chunk(message, frame, party, request);
    }
    // What was answered must be true after a crash, too.
    if (request.kind !== 'pull') await this.#deps.onChange(true);
    return verdict.kind === 'reply' ? this.#reply(frame, party, verdict.reply) : undefined;
  };

  async #chunk(
    message: Message,
    frame: SealedTransferFrame,
    party: Party,
    request: TransferRequest & { kind: 'pull' },
  ): Promise<Uint8Array | undefined> {
    if (this.#sourceError !== undefined) return this.#sourceIsGone(frame, party);
    const content = await this.#deps.queue.run(() => this.#read(frame, party, request));
    if (!this.#deps.parties.isAllowed(party.key)) {
      message.decline();
      return undefined;
    }
    const busy = { kind: 'later', reason: TransferReason.busy } as const;
    respondSpent(message, content ?? this.#reply(frame, party, busy));
    return undefined;
  }

  async #read(
    frame: SealedTransferFrame,
    party: Party,
    { index, isCheck }: TransferRequest & { kind: 'pull' },
  ): Promise<Uint8Array> {
    const { counters, source, tree } = this.#deps;
    const bytes = chunkSize(index, source.size, this.#chunkBytes);
    const draft = draftReply(encodeChunkHead(tree.path(index)), bytes);
    try {
      await readChunk(source, index, draft.body, this.#chunkBytes);
      if (isCheck && !isSame(merkleLeafHash(draft.body), tree.leaf(index))) {
        throw sourceChanged(source.name);
      }
      counters.fileChunksSent++;
      counters.fileBytesSent += bytes;
      return party.responder.sealDraft(frame, draft);
    } catch (error) {
      this.#sourceError = error;
      this.#deps.onSourceFailed(error);
      return this.#sourceIsGone(frame, party);
    }
  }

  #sourceIsGone(frame: SealedTransferFrame, party: Party): Uint8Array {
    return this.#reply(frame, party, { kind: 'refused', reason: sourceReason(this.#sourceError) });
  }

  #reply(
    frame: SealedTransferFrame,
    party: Party,
    reply: Exclude<TransferReply, { kind: 'chunk' }>,
  ): Uint8Array {
    return party.responder.seal(frame, encodeTransferReply(reply));
  }
}

/** Only of a file that was changed nothing can be used any more. */
function sourceReason(error: unknown): TransferReason {
  return isSourceChanged(error) ? TransferReason.sourceChanged : TransferReason.sourceFailed;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, at) => byte === b[at]);
}
