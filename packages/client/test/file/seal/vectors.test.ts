import { readFileSync } from 'node:fs';
import {
  chunkSize,
  encodeTransferRequest,
  parseOfferAnswer,
  parseSealedTransferRequest,
  parseTransferOffer,
  parseTransferReply,
  parseTransferRequest,
  type SealedTransferFrame,
} from '@amop/codec';
import { AeadKey, isInMerkleTree, merkleLeafHash } from '@amop/crypto';
import type { Random } from '@amop/ports';
import { expect, test } from 'vitest';
import { Requester } from '../../../src/file/seal/requester.ts';
import { Responder } from '../../../src/file/seal/responder.ts';
import { TransferKeys } from '../../../src/file/seal/transfer-keys.ts';
import { bytesOfHex, hexOf } from '../../../src/hex.ts';

interface Text {
  readonly says: string;
  readonly counter: number;
  readonly text: string;
  readonly content: string;
}

/** What file-transfer.py has written; all bytes as hex digits. */
interface Vectors {
  readonly transfer: string;
  readonly secret: string;
  readonly party: string;
  readonly file: { readonly chunkBytes: number; readonly bytes: string; readonly root: string };
  readonly offer: string;
  readonly answer: string;
  readonly receiver: { readonly id: string; readonly run: string; readonly requestKey: string };
  readonly sender: { readonly run: string; readonly replyKey: string };
  readonly exchanges: readonly { readonly request: Text; readonly reply: Text }[];
}

const path = new URL('../../vectors/file-transfer.json', import.meta.url);
const vectors = JSON.parse(readFileSync(path, 'utf8')) as Vectors; // of known shape
const keys = new TransferKeys(bytesOfHex(vectors.secret), bytesOfHex(vectors.transfer));

/** Gives out the run of the vectors. */
function runOf(run: string): { readonly random: Random } {
  return { random: { bytes: () => bytesOfHex(run), below: () => 0 } };
}

function frameOf(content: Uint8Array): SealedTransferFrame {
  const frame = parseSealedTransferRequest(content);
  if (frame === undefined) throw new Error('no frame');
  return frame;
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const changed = bytes.slice();
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return changed;
}

test('keys are those of the other implementation', () => {
  expect(hexOf(keys.party)).toBe(vectors.party);
  for (const [direction, run, key] of [
    ['request', vectors.receiver.run, vectors.receiver.requestKey],
    ['reply', vectors.sender.run, vectors.sender.replyKey],
  ] as const) {
    const text = Uint8Array.of(1, 2, 3);
    const [ours, theirs] = [new Uint8Array(3 + 16), new Uint8Array(3 + 16)];
    keys.key(direction, bytesOfHex(run)).seal(ours, 0, text, 7, text);
    new AeadKey(bytesOfHex(key)).seal(theirs, 0, text, 7, text);
    expect(ours).toEqual(theirs);
  }
});

test('the offer and its answer are read', () => {
  expect(parseTransferOffer(bytesOfHex(vectors.offer))).toMatchObject({
    transfer: vectors.transfer,
    chunkBytes: vectors.file.chunkBytes,
    name: '年报 2025.pdf',
  });
  const receiver = vectors.receiver.id;
  expect(parseOfferAnswer(bytesOfHex(vectors.answer))).toMatchObject({ receiver, verdict: 0 });
});

test('requests are opened, and sealed to the same bytes where the counter is the next one', () => {
  const requester = new Requester(keys, runOf(vectors.receiver.run));
  let next = 0;
  for (const { request } of vectors.exchanges) {
    const responder = new Responder(keys, runOf(vectors.sender.run));
    const content = bytesOfHex(request.content);
    const expected = parseTransferRequest(bytesOfHex(request.text));
    expect(expected).toBeDefined();
    if (expected === undefined) continue;
    expect(hexOf(encodeTransferRequest(expected))).toBe(request.text);
    expect(responder.open(frameOf(content))).toEqual(expected);
    expect(responder.open(frameOf(content)), 'opened twice').toBeUndefined();
    if (request.counter !== next) continue;
    next++;
    expect(hexOf(requester.seal(expected).content)).toBe(request.content);
  }
  expect(next).toBeGreaterThan(3);
});

test('replies are opened, and sealed to the same bytes where the counter is the next one', () => {
  const requester = new Requester(keys, runOf(vectors.receiver.run));
  const responder = new Responder(keys, runOf(vectors.sender.run));
  let next = 0;
  for (const { request, reply } of vectors.exchanges) {
    const frame = frameOf(bytesOfHex(request.content));
    const asked = { content: bytesOfHex(request.content), head: frame.head };
    const text = bytesOfHex(reply.text);
    expect(requester.open(asked, bytesOfHex(reply.content))).toEqual(parseTransferReply(text));
    if (reply.counter !== next) continue;
    next++;
    expect(hexOf(responder.seal(frame, text))).toBe(reply.content);
  }
  expect(next).toBeGreaterThan(3);
});

test('the chunks of the vectors are those of the file, by their paths', () => {
  const { bytes, chunkBytes, root } = vectors.file;
  const file = bytesOfHex(bytes);
  const count = Math.ceil(file.length / chunkBytes);
  let chunks = 0;
  for (const { request, reply } of vectors.exchanges) {
    const asked = parseTransferRequest(bytesOfHex(request.text));
    const got = parseTransferReply(bytesOfHex(reply.text));
    if (asked?.kind !== 'pull' || got?.kind !== 'chunk') continue;
    chunks++;
    const { index } = asked;
    const start = index * chunkBytes;
    const chunk = file.subarray(start, start + chunkSize(index, file.length, chunkBytes));
    expect(hexOf(got.bytes)).toBe(hexOf(chunk));
    const proof = { leaf: merkleLeafHash(chunk), index, count, path: got.path };
    expect(isInMerkleTree(bytesOfHex(root), proof)).toBe(true);
  }
  expect(chunks).toBe(2);
});

test('a reply fits the request that it answers, and no other one', () => {
  const requester = new Requester(keys, runOf(vectors.receiver.run));
  const frames = vectors.exchanges.map(({ request }) => bytesOfHex(request.content));
  for (const [at, { reply }] of vectors.exchanges.entries()) {
    for (const [other, content] of frames.entries()) {
      const opened = requester.open(
        { content, head: frameOf(content).head },
        bytesOfHex(reply.content),
      );
      expect(opened !== undefined).toBe(other === at);
    }
  }
});

test('one changed bit anywhere, and nothing is opened', () => {
  const responder = new Responder(keys, runOf(vectors.sender.run));
  const requester = new Requester(keys, runOf(vectors.receiver.run));
  const [first] = vectors.exchanges;
  const request = bytesOfHex(first?.request.content ?? '');
  const reply = bytesOfHex(first?.reply.content ?? '');
  const { head } = frameOf(request);
  for (let bit = 0; bit < 8 * request.length; bit++) {
    const changed = flipped(request, bit);
    const frame = parseSealedTransferRequest(changed);
    // Which party it is for is looked up by the caller.
    const open = frame && hexOf(frame.party) === vectors.party && responder.open(frame);
    expect(open || undefined, `bit ${bit} of the request`).toBeUndefined();
  }
  for (let bit = 0; bit < 8 * reply.length; bit++) {
    const opened = requester.open({ content: request, head }, flipped(reply, bit));
    expect(opened, `bit ${bit} of the reply`).toBeUndefined();
  }
});

test('each run has keys of its own, and what was sealed under another secret is nobody’s', () => {
  let run = 0;
  const random: Random = { bytes: (length) => new Uint8Array(length).fill(++run), below: () => 0 };
  const request = { kind: 'join', receiver: vectors.receiver.id, attempt: 1, have: 0 } as const;
  const [a, b] = [new Requester(keys, { random }), new Requester(keys, { random })];
  const contents = [a.seal(request).content, b.seal(request).content];
  expect(new Set(contents.map(hexOf)).size).toBe(2);
  const responder = new Responder(keys, { random });
  for (const content of contents) expect(responder.open(frameOf(content))).toEqual(request);
  const other = new TransferKeys(new Uint8Array(32), bytesOfHex(vectors.transfer));
  const stranger = new Requester(other, { random }).seal(request).content;
  expect(responder.open(frameOf(stranger))).toBeUndefined();
});
