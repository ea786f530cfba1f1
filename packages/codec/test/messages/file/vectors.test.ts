import { describe, expect, test } from 'vitest';
import { encodeOfferAnswer, parseOfferAnswer } from '../../../src/messages/file/offer-verdict.ts';
import {
  parseSealedTransferReply,
  parseSealedTransferRequest,
  writeSealedTransferHead,
} from '../../../src/messages/file/sealed-transfer.ts';
import {
  encodeTransferOffer,
  parseTransferOffer,
  type TransferOffer,
} from '../../../src/messages/file/transfer-offer.ts';
import {
  encodeChunkHead,
  encodeTransferReply,
  parseTransferReply,
  type TransferReply,
} from '../../../src/messages/file/transfer-reply.ts';
import {
  encodeTransferRequest,
  parseTransferRequest,
} from '../../../src/messages/file/transfer-request.ts';
import { fromHex, toHex } from '../../vector-file.ts';
import { type FileVector, fileVectors } from './file-vectors.ts';

function offerOf({ fields }: FileVector<'offer'>): TransferOffer {
  const { receiver, secret, root } = fields;
  return { ...fields, receiver, secret: fromHex(secret), root: fromHex(root) };
}

function replyOf({ fields }: FileVector<'reply'>): TransferReply {
  if (fields.kind !== 'chunk') return fields;
  return { kind: 'chunk', path: fields.path.map(fromHex), bytes: fromHex(fields.bytes) };
}

function encodedReply(reply: TransferReply): string {
  if (reply.kind !== 'chunk') return toHex(encodeTransferReply(reply));
  return toHex(encodeChunkHead(reply.path)) + toHex(reply.bytes);
}

/** The envelope with the sealed text that the vectors have: none is sealed here. */
function envelopeOf({ fields, hex }: FileVector<'sealed-request' | 'sealed-reply'>): string {
  const sealed = fromHex(fields.sealed);
  const content = new Uint8Array(hex.length / 2);
  const { counter } = fields;
  writeSealedTransferHead(content, {
    party: fromHex(fields.party),
    run: fromHex(fields.run),
    counter,
  });
  content.set(sealed, content.length - sealed.length);
  return toHex(content);
}

function partsOf({ fields, hex }: FileVector<'sealed-request' | 'sealed-reply'>) {
  const { party, run, counter, sealed } = fields;
  const head = fromHex(hex).subarray(0, -sealed.length / 2);
  return { head, party: fromHex(party), run: fromHex(run), counter, sealed: fromHex(sealed) };
}

describe('of another implementation, read and written as there', () => {
  test.each(fileVectors('offer'))('$name', (vector) => {
    expect(parseTransferOffer(fromHex(vector.hex))).toEqual(offerOf(vector));
    expect(toHex(encodeTransferOffer(offerOf(vector)))).toBe(vector.hex);
  });

  test.each(fileVectors('answer'))('$name', ({ fields, hex }) => {
    expect(parseOfferAnswer(fromHex(hex))).toEqual(fields);
    expect(toHex(encodeOfferAnswer(fields))).toBe(hex);
  });

  test.each(fileVectors('request'))('$name', ({ fields, hex }) => {
    expect(parseTransferRequest(fromHex(hex))).toEqual(fields);
    expect(toHex(encodeTransferRequest(fields))).toBe(hex);
  });

  test.each(fileVectors('reply'))('$name', (vector) => {
    expect(parseTransferReply(fromHex(vector.hex))).toEqual(replyOf(vector));
    expect(encodedReply(replyOf(vector))).toBe(vector.hex);
  });

  test.each(fileVectors('sealed-request'))('$name', (vector) => {
    expect(parseSealedTransferRequest(fromHex(vector.hex))).toEqual(partsOf(vector));
    expect(envelopeOf(vector)).toBe(vector.hex);
  });

  test.each(fileVectors('sealed-reply'))('$name', (vector) => {
    expect(parseSealedTransferReply(fromHex(vector.hex))).toEqual(partsOf(vector));
    expect(envelopeOf(vector)).toBe(vector.hex);
  });
});
