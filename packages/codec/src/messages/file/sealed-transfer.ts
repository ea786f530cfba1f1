import { isSafeU64, u64be, viewOf, writeU64be } from '../../bytes/big-endian.ts';
import { invalidArgument } from '../../errors.ts';
import { FILE_HEAD_BYTES, FileFrameKind, fileFrameKind, writeFileHead } from './file-frame.ts';

/** Bytes that name whose keys a request is sealed with. */
export const PARTY_ID_BYTES = 8;

/** Bytes that name one run of a program: each has keys of its own. */
export const RUN_ID_BYTES = 8;

const TAG_BYTES = 16;

/** Bytes before the sealed text of a request: head (5) | party 8 | run 8 | counter u64be. */
export const TRANSFER_REQUEST_HEAD_BYTES: number =
  FILE_HEAD_BYTES + PARTY_ID_BYTES + RUN_ID_BYTES + 8;

/** Bytes before the sealed text of a reply: head (5) | run 8 | counter u64be. */
export const TRANSFER_REPLY_HEAD_BYTES: number = FILE_HEAD_BYTES + RUN_ID_BYTES + 8;

/** A sealed frame of a transfer taken apart. All arrays are views. */
export interface SealedTransferFrame {
  /** What is not sealed, as bytes: the sealed text is bound to it. */
  readonly head: Uint8Array;
  /** 8 bytes: whose keys; empty in a reply. */
  readonly party: Uint8Array;
  /** 8 bytes: which run of whoever sealed it. */
  readonly run: Uint8Array;
  /** Number under the keys of that run, 0 to 2^53 - 1. */
  readonly counter: number;
  /** Ciphertext and tag. */
  readonly sealed: Uint8Array;
}

/** The sealed request in a content; undefined for anything else. */
export function parseSealedTransferRequest(content: Uint8Array): SealedTransferFrame | undefined {
  return partsOf(content, FileFrameKind.request, PARTY_ID_BYTES);
}

/** The sealed reply in a content; undefined for anything else. */
export function parseSealedTransferReply(content: Uint8Array): SealedTransferFrame | undefined {
  return partsOf(content, FileFrameKind.reply, 0);
}

/**
 * Writes the head of a request or a reply at the start of `target`.
 *
 * @param party 8 bytes for a request, none for a reply
 * @throws CodecError `AMOP_CODEC_INVALID_ARGUMENT`
 */
export function writeSealedTransferHead(
  target: Uint8Array,
  { party, run, counter }: Pick<SealedTransferFrame, 'party' | 'run' | 'counter'>,
): void {
  if (run.length !== RUN_ID_BYTES) throw invalidArgument('run', `${RUN_ID_BYTES} bytes`);
  if (party.length !== 0 && party.length !== PARTY_ID_BYTES) {
    throw invalidArgument('party', `${PARTY_ID_BYTES} bytes or none`);
  }
  // Another one would be written as a counter that was used before: a nonce twice under one key.
  if (!isSafeU64(counter)) throw invalidArgument('counter', 'an integer from 0 to 2^53 - 1');
  writeFileHead(target, party.length === 0 ? FileFrameKind.reply : FileFrameKind.request);
  target.set(party, FILE_HEAD_BYTES);
  target.set(run, FILE_HEAD_BYTES + party.length);
  writeU64be(target, FILE_HEAD_BYTES + party.length + RUN_ID_BYTES, counter);
}

function partsOf(
  content: Uint8Array,
  kind: FileFrameKind,
  partyBytes: number,
): SealedTransferFrame | undefined {
  const runOffset = FILE_HEAD_BYTES + partyBytes;
  const counterOffset = runOffset + RUN_ID_BYTES;
  const headBytes = counterOffset + 8;
  if (fileFrameKind(content) !== kind || content.length < headBytes + TAG_BYTES) return undefined;
  const counter = u64be(content, counterOffset);
  if (counter === undefined) return undefined;
  return {
    head: viewOf(content, 0, headBytes),
    party: viewOf(content, FILE_HEAD_BYTES, runOffset),
    run: viewOf(content, runOffset, counterOffset),
    counter,
    sealed: viewOf(content, headBytes, content.length),
  };
}
