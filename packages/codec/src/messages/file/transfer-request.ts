import { isU32, u32be, writeU32be } from '../../bytes/big-endian.ts';
import { FieldReader } from '../../bytes/field-reader.ts';
import { hexOf, isHex, writeHex } from '../../bytes/hex.ts';
import { invalidArgument } from '../../errors.ts';
import { TRANSFER_ID_BYTES } from './file-frame.ts';
import { isTransferReason, readReason, writeReason } from './transfer-reason.ts';

const Operation = { join: 1, pull: 2, report: 3 } as const;

/** How a transfer ended for the receiver that reports it. */
export const TransferEnd = { done: 1, failed: 2, refused: 3 } as const;

/** One of the known ends. */
export type TransferEnd = (typeof TransferEnd)[keyof typeof TransferEnd];

const FIXED_BYTES = 1 + TRANSFER_ID_BYTES + 4;

/** Who asks: in every request. */
interface Asking {
  /** 32 lower-case hex digits, chosen by the receiver for this transfer. */
  readonly receiver: string;
  /** Grows with each time that the receiver begins or goes on, from 1; older ones count no more. */
  readonly attempt: number;
}

/** What a receiver asks of a sender: what is sealed in a request. */
export type TransferRequest =
  /** To be the one that receives, or one of them; `have`: chunks that it has already. */
  | (Asking & { readonly kind: 'join'; readonly have: number })
  /** One chunk. `isCheck`: what came for it before did not fit its hash. */
  | (Asking & {
      readonly kind: 'pull';
      readonly have: number;
      readonly index: number;
      readonly isCheck: boolean;
    })
  /** The end. */
  | (Asking & { readonly kind: 'report'; readonly end: TransferEnd; readonly reason: string });

/**
 * Shape: operation u8 | receiver 16 | attempt u32be, then for 1 (join): chunks it has u32be; for 2
 * (pull): chunks it has u32be | index u32be | check u8; for 3 (report): end u8 | reason in ASCII.
 *
 * @throws CodecError `AMOP_CODEC_INVALID_ARGUMENT`
 */
export function encodeTransferRequest(request: TransferRequest): Uint8Array {
  const { receiver, attempt } = request;
  if (!isHex(receiver, TRANSFER_ID_BYTES)) throw invalidArgument('receiver', '32 hex digits');
  if (!isU32(attempt)) throw invalidArgument('attempt', 'a u32');
  if (request.kind !== 'report' && !isU32(request.have)) throw invalidArgument('have', 'a u32');
  if (request.kind === 'pull' && !isU32(request.index)) throw invalidArgument('index', 'a u32');
  const text = new Uint8Array(FIXED_BYTES + restBytes(request));
  const out = new FieldReader(text, 0);
  out.take(1)[0] = Operation[request.kind];
  writeHex(out.take(TRANSFER_ID_BYTES), 0, receiver);
  writeU32be(out.take(4), 0, attempt);
  switch (request.kind) {
    case 'join':
      writeU32be(out.take(4), 0, request.have);
      break;
    case 'pull':
      writeU32be(out.take(4), 0, request.have);
      writeU32be(out.take(4), 0, request.index);
      out.take(1)[0] = request.isCheck ? 1 : 0;
      break;
    case 'report':
      if (!isTransferReason(request.reason)) throw invalidArgument('reason', 'a kebab-case word');
      out.take(1)[0] = request.end;
      writeReason(out.take(request.reason.length), request.reason);
  }
  return text;
}

/** The request in an opened text; undefined for anything else. */
export function parseTransferRequest(text: Uint8Array): TransferRequest | undefined {
  if (text.length < FIXED_BYTES) return undefined;
  const fields = new FieldReader(text, 0);
  const [operation] = fields.take(1);
  const receiver = hexOf(fields.take(TRANSFER_ID_BYTES));
  const attempt = u32be(fields.take(4), 0);
  const rest = fields.take(text.length - FIXED_BYTES);
  switch (operation) {
    case Operation.join:
      if (rest.length !== 4) return undefined;
      return { kind: 'join', receiver, attempt, have: u32be(rest, 0) };
    case Operation.pull: {
      const [check = 2] = rest.subarray(8);
      if (rest.length !== 9 || check > 1) return undefined;
      const [have, index] = [u32be(rest, 0), u32be(rest, 4)];
      return { kind: 'pull', receiver, attempt, have, index, isCheck: check === 1 };
    }
    case Operation.report: {
      const [end] = rest;
      const reason = readReason(rest.subarray(1));
      if (!isEnd(end) || reason === undefined) return undefined;
      return { kind: 'report', receiver, attempt, end, reason };
    }
    default:
      return undefined;
  }
}

function restBytes(request: TransferRequest): number {
  if (request.kind === 'join') return 4;
  return request.kind === 'pull' ? 9 : 1 + request.reason.length;
}

function isEnd(value: number | undefined): value is TransferEnd {
  return value !== undefined && value >= TransferEnd.done && value <= TransferEnd.refused;
}
