import { FieldReader } from '../../bytes/field-reader.ts';
import { hexOf, isHex, writeHex } from '../../bytes/hex.ts';
import { invalidArgument } from '../../errors.ts';
import {
  FILE_HEAD_BYTES,
  FileFrameKind,
  fileFrameKind,
  TRANSFER_ID_BYTES,
  writeFileHead,
} from './file-frame.ts';
import { isTransferReason, readReason, writeReason } from './transfer-reason.ts';

/** What a receiver says to an offer. */
export const OfferVerdict = {
  /** It will ask for the file. */
  accepted: 0,
  /** It does not want it, and will not. */
  refused: 1,
  /** Not now: the same offer may be taken later. */
  later: 2,
} as const;

/** One of the known verdicts. */
export type OfferVerdict = (typeof OfferVerdict)[keyof typeof OfferVerdict];

const FIXED_BYTES = FILE_HEAD_BYTES + 2 * TRANSFER_ID_BYTES + 1;

/** The answer to an offer that came as a request. */
export interface OfferAnswer {
  /** 32 lower-case hex digits. */
  readonly transfer: string;
  /** Who answers, 32 lower-case hex digits: the same each time it answers this offer. */
  readonly receiver: string;
  readonly verdict: OfferVerdict;
  /** A kebab-case word, empty with `accepted`. */
  readonly reason: string;
}

/**
 * Shape: head | transfer 16 | receiver 16 | verdict u8 | reason in ASCII.
 *
 * @throws CodecError `AMOP_CODEC_INVALID_ARGUMENT`
 */
export function encodeOfferAnswer(answer: OfferAnswer): Uint8Array {
  const { transfer, receiver, reason } = answer;
  if (!isHex(transfer, TRANSFER_ID_BYTES)) throw invalidArgument('transfer', '32 hex digits');
  if (!isHex(receiver, TRANSFER_ID_BYTES)) throw invalidArgument('receiver', '32 hex digits');
  if (!isTransferReason(reason)) throw invalidArgument('reason', 'a kebab-case word');
  const content = new Uint8Array(FIXED_BYTES + reason.length);
  writeFileHead(content, FileFrameKind.verdict);
  const out = new FieldReader(content, FILE_HEAD_BYTES);
  writeHex(out.take(TRANSFER_ID_BYTES), 0, transfer);
  writeHex(out.take(TRANSFER_ID_BYTES), 0, receiver);
  out.take(1)[0] = answer.verdict;
  writeReason(out.take(reason.length), reason);
  return content;
}

/** The answer to an offer in a content; undefined for anything else. */
export function parseOfferAnswer(content: Uint8Array): OfferAnswer | undefined {
  if (fileFrameKind(content) !== FileFrameKind.verdict || content.length < FIXED_BYTES) {
    return undefined;
  }
  const fields = new FieldReader(content, FILE_HEAD_BYTES);
  const transfer = hexOf(fields.take(TRANSFER_ID_BYTES));
  const receiver = hexOf(fields.take(TRANSFER_ID_BYTES));
  const [verdict] = fields.take(1);
  const reason = readReason(fields.take(content.length - FIXED_BYTES));
  if (!isVerdict(verdict) || reason === undefined) return undefined;
  return { transfer, receiver, verdict, reason };
}

function isVerdict(value: number | undefined): value is OfferVerdict {
  return value !== undefined && value <= OfferVerdict.later;
}
