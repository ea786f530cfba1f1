import { expectSame, fuzz } from '@amop/fuzz';
import {
  chunkCount,
  chunkSize,
  encodeChunkHead,
  encodeOfferAnswer,
  encodeTransferOffer,
  encodeTransferReply,
  encodeTransferRequest,
  fileFrameKind,
  parseOfferAnswer,
  parseSealedTransferReply,
  parseSealedTransferRequest,
  parseTransferOffer,
  parseTransferReply,
  parseTransferRequest,
  type SealedTransferFrame,
  type TransferOffer,
  type TransferReply,
  writeSealedTransferHead,
} from '../src/index.ts';
import { vectorBytes } from './seeds.ts';

/** Longer chunks make fuzzing slow and say nothing new. */
const MAX_SEED_BYTES = 600;

function writtenReply(reply: TransferReply): Uint8Array {
  if (reply.kind !== 'chunk') return encodeTransferReply(reply);
  return Uint8Array.of(...encodeChunkHead(reply.path), ...reply.bytes);
}

function writtenFrame({ head, sealed, ...fields }: SealedTransferFrame): Uint8Array {
  const content = new Uint8Array(head.length + sealed.length);
  writeSealedTransferHead(content, fields);
  content.set(sealed, head.length);
  return content;
}

function checkChunks({ size, chunkBytes }: TransferOffer): void {
  if (size === 0) return;
  const count = chunkCount(size, chunkBytes);
  const last = chunkSize(count - 1, size, chunkBytes);
  if (last <= 0 || last > chunkBytes) throw new Error(`a last chunk of ${last} bytes`);
  expectSame((count - 1) * chunkBytes + last, size, 'the size of all chunks');
}

// What both ends of a file transfer say: read or refused, and what was read is what was written.
fuzz({
  name: 'codec/file',
  seeds: vectorBytes('file-transfer.json').filter(({ length }) => length <= MAX_SEED_BYTES),
  run: (content) => {
    const before = content.slice();
    const offer = parseTransferOffer(content);
    const answer = parseOfferAnswer(content);
    const frames = [parseSealedTransferRequest(content), parseSealedTransferReply(content)];
    const sealed = frames.filter((frame) => frame !== undefined);
    const found = sealed.length + [offer, answer].filter((each) => each !== undefined).length;
    if (found > 1) throw new Error('one content of two kinds');
    if (found > 0 && fileFrameKind(content) === undefined) throw new Error('of no kind, and read');
    if (offer !== undefined) {
      expectSame(encodeTransferOffer(offer), content, 'an offer that is written again');
      checkChunks(offer);
    }
    if (answer !== undefined) expectSame(encodeOfferAnswer(answer), content, 'an answer');
    for (const frame of sealed) expectSame(writtenFrame(frame), content, 'a sealed frame');
    const request = parseTransferRequest(content);
    if (request !== undefined) expectSame(encodeTransferRequest(request), content, 'a request');
    const reply = parseTransferReply(content);
    if (reply !== undefined) expectSame(writtenReply(reply), content, 'a reply');
    expectSame(content, before, 'the content after it was read');
  },
});
