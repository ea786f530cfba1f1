import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BoundKind, boundKind } from '../../../src/messages/bound/bound-frame.ts';
import { draftBoundProof, parseBoundProof } from '../../../src/messages/bound/bound-proof.ts';
import {
  BoundRefusal,
  encodeBoundRefusal,
  parseBoundRefusal,
} from '../../../src/messages/bound/bound-refusal.ts';
import { anyBytes, FIXED } from '../../arbitrary.ts';
import { codeOf } from '../../codec-error.ts';
import { fromHex, toHex } from '../../vector-file.ts';

const FIELDS = {
  subscriberKey: new Uint8Array(64).fill(0x11),
  ephemeral: new Uint8Array(32).fill(0x22),
  nonce: new Uint8Array(32).fill(0x33),
};
const SIGNED = `a550540102${'11'.repeat(64)}${'22'.repeat(32)}${'33'.repeat(32)}`;
const GOLDEN = `${SIGNED}${'44'.repeat(65)}${'55'.repeat(32)}`;

test('a proof is written as the page says, with room for signature and MAC', () => {
  const draft = draftBoundProof(FIELDS);
  draft.signature.fill(0x44);
  draft.mac.fill(0x55);
  expect(toHex(draft.content)).toBe(GOLDEN);
  expect(toHex(draft.signed)).toBe(SIGNED);
  expect(toHex(draft.authenticated)).toBe(GOLDEN.slice(0, -64));
});

test('a proof is read as it was written, its bytes as views', () => {
  const content = fromHex(GOLDEN);
  const proof = parseBoundProof(content);
  expect(proof).toMatchObject(FIELDS);
  expect(proof?.signature).toEqual(new Uint8Array(65).fill(0x44));
  expect(proof?.mac).toEqual(new Uint8Array(32).fill(0x55));
  expect(proof?.mac.buffer).toBe(content.buffer);
});

test.each([
  ['an offer', GOLDEN.replace('a550540102', 'a550540101')],
  ['a byte less', GOLDEN.slice(2)],
  ['a byte more', `${GOLDEN}00`],
  ['no bytes', ''],
])('%s is no proof', (_, hex) => {
  expect(parseBoundProof(fromHex(hex))).toBeUndefined();
});

test.each([
  ['subscriberKey', { subscriberKey: new Uint8Array(63) }],
  ['ephemeral', { ephemeral: new Uint8Array(33) }],
  ['nonce', { nonce: new Uint8Array(31) }],
])('a proof cannot be written with a wrong %s', (_, change) => {
  expect(codeOf(() => draftBoundProof({ ...FIELDS, ...change }))).toBe(
    'AMOP_CODEC_INVALID_ARGUMENT',
  );
});

test('each refusal is a head and its reason', () => {
  for (const reason of Object.values(BoundRefusal)) {
    const content = encodeBoundRefusal(reason);
    expect(toHex(content)).toBe(`a5505401030${reason}`);
    expect(parseBoundRefusal(content)).toBe(reason);
  }
});

test.each([
  ['no reason', 'a550540103'],
  ['reason 0', 'a55054010300'],
  ['a reason of later', 'a5505401030a'],
  ['a byte more', 'a5505401030100'],
  ['another kind', 'a55054010201'],
])('%s is no refusal', (_, hex) => {
  expect(parseBoundRefusal(fromHex(hex))).toBeUndefined();
});

test('kinds are told by the head alone; those of later are none', () => {
  for (const kind of Object.values(BoundKind)) {
    expect(boundKind(fromHex(`a55054010${kind}ff`))).toBe(kind);
  }
  for (const hex of ['', 'a5505401', 'a550540100', 'a550540106', 'a550540201', '2550540101']) {
    expect(boundKind(fromHex(hex))).toBeUndefined();
  }
});

test('any bytes are read or not, and what is read is what they are', () => {
  fc.assert(
    fc.property(anyBytes(300), fc.integer({ min: 0, max: 6 }), (any, kind) => {
      const content = Uint8Array.of(0xa5, 0x50, 0x54, 1, kind, ...any);
      const proof = parseBoundProof(content);
      if (proof !== undefined) expect(draftBoundProof(proof).signed).toEqual(proof.signed);
      const reason = parseBoundRefusal(content);
      if (reason !== undefined) expect(encodeBoundRefusal(reason)).toEqual(content);
      expect(parseBoundProof(any)).toBeUndefined();
    }),
    FIXED,
  );
});
