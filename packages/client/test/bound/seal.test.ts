import { SealedStatus, SealedType } from '@amop/codec';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SealedRequest } from '../../src/bound/seal/publisher-seal.ts';
import { flip, LIFETIME_MS, Parties } from './parties.ts';

const BODY = new TextEncoder().encode('{"amount":100}');
const EMPTY = new Uint8Array(0);
const GRACE_MS = 30_000;

function sealed(request: SealedRequest | undefined): SealedRequest {
  if (request === undefined) throw new Error('nothing was sealed');
  return request;
}

test.each([0, 1, 128, 4096, 4097, 65_536, 1_048_576])(
  '%d bytes go there and back',
  async (size) => {
    const { publisher, subscriber } = await new Parties().seals();
    const body = new Uint8Array(size).map((_, at) => at % 251);
    const { content, counter } = sealed(publisher.seal(SealedType.request, body));
    const opened = subscriber.open(content);
    if (typeof opened === 'string') throw new Error(opened);
    const answer = subscriber.sealAnswer(counter, SealedStatus.ok, opened.body) ?? EMPTY;
    const answered = publisher.openAnswer(counter, answer);
    // Compared in one call: a matcher given a megabyte spends seconds on describing it.
    expect(Buffer.compare(opened.body, body)).toBe(0);
    expect(answered && Buffer.compare(answered.body, body)).toBe(0);
    expect([content.length, answer.length]).toEqual([38 + size, 38 + size]);
  },
);

test('every type and every status comes as what it was sent', async () => {
  const { publisher, subscriber } = await new Parties().seals();
  for (const type of Object.values(SealedType)) {
    const { content } = sealed(publisher.seal(type, BODY));
    expect(subscriber.open(content)).toMatchObject({ type });
  }
  for (const status of Object.values(SealedStatus)) {
    const { content, counter } = sealed(publisher.seal(SealedType.request, BODY));
    subscriber.open(content);
    const answer = subscriber.sealAnswer(counter, status, BODY) ?? EMPTY;
    expect(publisher.openAnswer(counter, answer)).toEqual({ status, body: BODY });
  }
});

test('equal bodies look different', async () => {
  const { publisher } = await new Parties().seals();
  const first = sealed(publisher.seal(SealedType.request, BODY)).content.subarray(21);
  const second = sealed(publisher.seal(SealedType.request, BODY)).content.subarray(21);
  expect(first).not.toEqual(second);
});

test('no byte can be changed, and a try does not use up the true message', async () => {
  const { publisher, subscriber } = await new Parties().seals();
  const { content, counter } = sealed(publisher.seal(SealedType.request, BODY));
  for (let at = 0; at < content.length; at++) {
    expect([at, typeof subscriber.open(flip(content, at, at % 8))]).toEqual([at, 'string']);
  }
  expect(subscriber.open(content)).toMatchObject({ counter });
  const answer = subscriber.sealAnswer(counter, SealedStatus.ok, BODY) ?? EMPTY;
  for (let at = 0; at < answer.length; at++) {
    expect([at, publisher.openAnswer(counter, flip(answer, at, at % 8))]).toEqual([at, undefined]);
  }
  expect(publisher.openAnswer(counter, answer)).toBeDefined();
});

test('a message is opened once', async () => {
  const { publisher, subscriber } = await new Parties().seals();
  const { content } = sealed(publisher.seal(SealedType.request, BODY));
  expect(subscriber.open(content)).toMatchObject({ counter: 0 });
  expect(subscriber.open(content)).toBe('repeated');
});

test('messages may overtake each other by 1023', async () => {
  const { publisher, subscriber } = await new Parties().seals();
  const contents: Uint8Array[] = [];
  for (let count = 0; count <= 1024; count++) {
    contents.push(sealed(publisher.seal(SealedType.multicast, EMPTY)).content);
  }
  expect(subscriber.open(contents[1024] ?? EMPTY)).toMatchObject({ counter: 1024 });
  expect(subscriber.open(contents[0] ?? EMPTY)).toBe('late');
  expect(subscriber.open(contents[1] ?? EMPTY)).toMatchObject({ counter: 1 });
  expect(subscriber.open(contents[1] ?? EMPTY)).toBe('repeated');
});

test('what one side sent is not taken when it comes back to it', async () => {
  const { publisher, subscriber } = await new Parties().seals();
  const { content, counter } = sealed(publisher.seal(SealedType.request, BODY));
  expect(publisher.openAnswer(counter, content)).toBeUndefined();
  subscriber.open(content);
  const next = sealed(publisher.seal(SealedType.request, BODY));
  subscriber.open(next.content);
  const answer = subscriber.sealAnswer(next.counter, SealedStatus.ok, BODY) ?? EMPTY;
  expect(subscriber.open(answer)).toBe('repeated');
  // The same keys, as the random bytes are, but a window that has not seen the counter.
  const unseen = (await new Parties().seals()).subscriber;
  expect(unseen.open(answer)).toBe('not-authentic');
});

test('the answer to one message is none to another', async () => {
  const { publisher, subscriber } = await new Parties().seals();
  const first = sealed(publisher.seal(SealedType.request, BODY));
  const second = sealed(publisher.seal(SealedType.request, BODY));
  subscriber.open(first.content);
  const answer = subscriber.sealAnswer(first.counter, SealedStatus.ok, BODY) ?? EMPTY;
  expect(publisher.openAnswer(second.counter, answer)).toBeUndefined();
  // Nor with the counter of the other written over it.
  answer.set(second.content.subarray(13, 21), 13);
  expect(publisher.openAnswer(second.counter, answer)).toBeUndefined();
});

test('a message for other keys is told apart', async () => {
  const parties = new Parties();
  const old = await parties.seals();
  const renewed = await parties.seals();
  const { content } = sealed(old.publisher.seal(SealedType.request, BODY));
  expect(renewed.subscriber.open(content)).toBe('other-key');
  expect(old.subscriber.open(content)).toMatchObject({ counter: 0 });
});

test('a message is answered once, and only if it was opened and wants an answer', async () => {
  const { publisher, subscriber } = await new Parties().seals();
  const request = sealed(publisher.seal(SealedType.request, BODY));
  const multicast = sealed(publisher.seal(SealedType.multicast, BODY));
  expect(subscriber.sealAnswer(request.counter, SealedStatus.ok, BODY)).toBeUndefined();
  subscriber.open(request.content);
  subscriber.open(multicast.content);
  expect(subscriber.sealAnswer(request.counter, SealedStatus.ok, BODY)).toBeDefined();
  expect(subscriber.sealAnswer(request.counter, SealedStatus.ok, EMPTY)).toBeUndefined();
  expect(subscriber.sealAnswer(multicast.counter, SealedStatus.ok, BODY)).toBeUndefined();
});

test('of very many unanswered messages the oldest cannot be answered any more', async () => {
  const { publisher, subscriber } = await new Parties().seals();
  for (let count = 0; count <= 16_384; count++) {
    subscriber.open(sealed(publisher.seal(SealedType.request, EMPTY)).content);
  }
  expect(subscriber.sealAnswer(0, SealedStatus.ok, EMPTY)).toBeUndefined();
  expect(subscriber.sealAnswer(1, SealedStatus.ok, EMPTY)).toBeDefined();
});

test('the keys die with their time, half a minute after the publisher stops', async () => {
  const parties = new Parties();
  const { publisher, subscriber } = await parties.seals();
  const early = sealed(publisher.seal(SealedType.request, BODY));
  const late = sealed(publisher.seal(SealedType.request, BODY));
  parties.clock.advance(LIFETIME_MS + GRACE_MS - 1);
  expect(subscriber.open(early.content)).toMatchObject({ counter: 0 });
  parties.clock.advance(1);
  expect(subscriber.open(late.content)).toBe('expired');
  expect(subscriber.sealAnswer(early.counter, SealedStatus.ok, BODY)).toBeUndefined();
});

test('clocks that differ by minutes give keys of the same length of life', async () => {
  const parties = new Parties();
  const offer = await parties.offer({}, parties.clock.wallMs() - 250_000);
  const { established } = await parties.responder().answer(offer.content);
  // The publisher's clock is behind by more than four minutes: its ten are ten here too.
  expect(established?.expiresMs).toBe(parties.clock.wallMs() + LIFETIME_MS);
  parties.clock.advance(LIFETIME_MS + GRACE_MS - 1);
  expect(established?.seal.isExpired).toBe(false);
});

test('after close nothing is sealed, opened or answered', async () => {
  const { publisher, subscriber } = await new Parties().seals();
  const { content, counter } = sealed(publisher.seal(SealedType.request, BODY));
  const other = sealed(publisher.seal(SealedType.request, BODY));
  subscriber.open(content);
  const answer = subscriber.sealAnswer(counter, SealedStatus.ok, BODY) ?? EMPTY;
  subscriber.open(other.content);
  publisher.close();
  subscriber.close();
  expect(publisher.isClosed).toBe(true);
  expect(publisher.seal(SealedType.request, BODY)).toBeUndefined();
  expect(publisher.openAnswer(counter, answer)).toBeUndefined();
  expect(subscriber.open(content)).toBe('closed');
  expect(subscriber.sealAnswer(other.counter, SealedStatus.ok, BODY)).toBeUndefined();
});

test('any bytes are a fault or nothing', async () => {
  const { publisher, subscriber } = await new Parties().seals();
  const { content, counter } = sealed(publisher.seal(SealedType.request, BODY));
  const heads = fc.constantFrom(0, 5, 13, 21).map((bytes) => content.subarray(0, bytes));
  fc.assert(
    fc.property(heads, fc.uint8Array({ maxLength: 80 }), (head, tail) => {
      const any = Uint8Array.of(...head, ...tail);
      expect(typeof subscriber.open(any)).toBe('string');
      expect(publisher.openAnswer(counter, any)).toBeUndefined();
    }),
    { seed: 20_262, numRuns: 500 },
  );
});
