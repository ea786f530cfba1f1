import { payloadTopic } from '@amop/codec';
import { SeededRandom, VirtualClock } from '@amop/testkit';
import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { EpochOpener, EpochSealer } from '../../src/bound/seal/epoch.ts';
import { flip, TOPIC } from './parties.ts';

const MINUTE = 60_000;
const BODY = new TextEncoder().encode('prices are up');
const EMPTY = new Uint8Array(0);

let clock: VirtualClock;
let random: SeededRandom;

beforeEach(() => {
  clock = new VirtualClock();
  random = new SeededRandom(8);
});

function create(expiresMs: number = clock.wallMs() + 10 * MINUTE): EpochSealer {
  return EpochSealer.create({ topic: TOPIC, expiresMs }, { random });
}

function openerOf(sealer: EpochSealer, topic: typeof TOPIC = TOPIC): EpochOpener {
  const opener = EpochOpener.fromHandOver(sealer.handOver() ?? EMPTY, { topic }, { clock });
  if (opener === undefined) throw new Error('no epoch');
  return opener;
}

test('everybody who was told the key opens each multicast once', () => {
  const sealer = create();
  const openers = [openerOf(sealer), openerOf(sealer)];
  for (let counter = 0; counter < 3; counter++) {
    const content = sealer.seal(BODY) ?? EMPTY;
    expect(content).toHaveLength(37 + BODY.length);
    for (const opener of openers) {
      expect(opener.open(content)).toEqual({ body: BODY, counter });
      expect(opener.open(content)).toBe('repeated');
    }
  }
  expect(openers[0]?.id).toBe(sealer.id);
});

test('an empty body is one', () => {
  const sealer = create();
  const opener = openerOf(sealer);
  expect(opener.open(sealer.seal(EMPTY) ?? BODY)).toEqual({ body: EMPTY, counter: 0 });
});

test('a multicast is bound to its topic and its epoch, and no byte can be changed', () => {
  const sealer = create();
  const content = sealer.seal(BODY) ?? EMPTY;
  expect(openerOf(sealer, payloadTopic('settlement2')).open(content)).toBe('not-authentic');
  expect(openerOf(create()).open(content)).toBe('other-key');
  const opener = openerOf(sealer);
  for (let at = 0; at < content.length; at++) {
    expect([at, typeof opener.open(flip(content, at, at % 8))]).toEqual([at, 'string']);
  }
  expect(opener.open(content)).toEqual({ body: BODY, counter: 0 });
});

test('one that comes far too late is not opened', () => {
  const sealer = create();
  const opener = openerOf(sealer);
  const first = sealer.seal(BODY) ?? EMPTY;
  for (let count = 0; count < 1023; count++) sealer.seal(EMPTY);
  opener.open(sealer.seal(BODY) ?? EMPTY);
  expect(opener.open(first)).toBe('late');
});

test('the key dies with its time, the skew of the clocks added', () => {
  const sealer = create();
  const opener = openerOf(sealer);
  const contents = [sealer.seal(BODY) ?? EMPTY, sealer.seal(BODY) ?? EMPTY];
  clock.advance(15 * MINUTE - 1);
  expect(opener.open(contents[0] ?? EMPTY)).toMatchObject({ counter: 0 });
  clock.advance(1);
  expect(opener.open(contents[1] ?? EMPTY)).toBe('expired');
});

test('no publisher makes an epoch longer than ten minutes', () => {
  const opener = openerOf(create(clock.wallMs() + 1_000 * MINUTE));
  clock.advance(15 * MINUTE - 1);
  expect(opener.isExpired).toBe(false);
  clock.advance(1);
  expect(opener.isExpired).toBe(true);
});

test('after close nothing is sealed, told or opened', () => {
  const sealer = create();
  const opener = openerOf(sealer);
  const content = sealer.seal(BODY) ?? EMPTY;
  sealer.close();
  opener.close();
  expect(sealer.seal(BODY)).toBeUndefined();
  expect(sealer.handOver()).toBeUndefined();
  expect(opener.open(content)).toBe('closed');
});

test('what was told is overwritten where it was read', () => {
  const told = create().handOver() ?? EMPTY;
  EpochOpener.fromHandOver(told, { topic: TOPIC }, { clock });
  expect(told).toEqual(new Uint8Array(48));
});

test('any bytes are a fault, or tell of no epoch', () => {
  const sealer = create();
  const opener = openerOf(sealer);
  const head = (sealer.seal(BODY) ?? EMPTY).subarray(0, 21);
  fc.assert(
    fc.property(fc.boolean(), fc.uint8Array({ maxLength: 60 }), (isHeaded, tail) => {
      const content = Uint8Array.of(...(isHeaded ? head : EMPTY), ...tail);
      expect(typeof opener.open(content)).toBe('string');
      if (tail.length !== 48) {
        expect(EpochOpener.fromHandOver(tail, { topic: TOPIC }, { clock })).toBeUndefined();
      }
    }),
    { seed: 20_263, numRuns: 300 },
  );
});
